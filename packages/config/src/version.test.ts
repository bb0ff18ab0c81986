import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hiveVersion } from './version.ts';

test('the version in code is the one of the root package.json', () => {
  const root = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(hiveVersion).toBe(root.version);
});
