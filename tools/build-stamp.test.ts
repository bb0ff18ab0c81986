import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { appsIn, isBuilt, sourceHash, writeStamp } from './build-stamp.mjs';

let root: string;
const write = (file: string, content: string): void => {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), content);
};
const app = 'apps/planner';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hive-stamp-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const file of ['package-lock.json', 'tsconfig.base.json', 'tools/build-app.mjs']) write(file, '');
  write('apps/planner/package.json', '{"scripts":{"build":"x"},"dependencies":{"@hive/kit":"*","zod":"4"}}');
  write('apps/planner/src/main.ts', 'main');
  write('packages/kit/package.json', '{"dependencies":{"@hive/core-db":"*"}}');
  write('packages/kit/src/index.ts', 'kit');
  write('packages/core-db/package.json', '{}');
  write('packages/core-db/migrations/0001.sql', 'create');
  write('packages/unused/package.json', '{}');
  write('apps/planner/dist/main.js', 'bundle');
  writeStamp(root, app, sourceHash(root, app));
});

test('an app is built when nothing has changed since', () => {
  expect(isBuilt(root, app)).toBe(true);
});

test.each([
  'apps/planner/src/main.ts',
  'apps/planner/src/new.ts',
  'packages/kit/src/index.ts',
  'packages/core-db/migrations/0001.sql',
  'package-lock.json',
  'tools/build-app.mjs',
])('a change of %s makes the build old', (file) => {
  write(file, 'changed');
  expect(isBuilt(root, app)).toBe(false);
});

test.each(['apps/planner/src/main.test.ts', 'apps/planner/dist/main.js', 'packages/unused/src/index.ts'])(
  'a change of %s does not',
  (file) => {
    write(file, 'changed');
    expect(isBuilt(root, app)).toBe(true);
  },
);

test('output that was removed is not built', () => {
  rmSync(join(root, app, 'dist'), { recursive: true });
  expect(isBuilt(root, app)).toBe(false);
});

test('only apps with a build script and a source are built', () => {
  write('apps/empty/package.json', '{"scripts":{"build":"x"}}');
  expect(appsIn(root)).toEqual([app]);
});
