import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createHitReader } from './hits.ts';

test('each hit is read once, and half a line only when it is whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hive-hits-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'hits');
  const read = createHitReader(file);
  expect(read()).toEqual([]);
  appendFileSync(file, '{"hit":1}\n{"hit":2}\n{"hi');
  expect(read()).toEqual([{ hit: 1 }, { hit: 2 }]);
  expect(read()).toEqual([]);
  appendFileSync(file, 't":3}\n');
  expect(read()).toEqual([{ hit: 3 }]);
});
