import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { countInstalled, isInstalled } from './installed.mjs';

const lock = {
  '': { name: 'hive' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/other-platform': { version: '1.0.0', integrity: 'sha512-b', optional: true },
  'node_modules/ours': { resolved: 'packages/ours', link: true },
};
const { '': _root, 'node_modules/other-platform': _absent, ...found } = lock;

let root: string;
const write = (file: string, packages: object): void => writeFileSync(join(root, file), JSON.stringify({ packages }));
const install = (packages: object): void => write('node_modules/.package-lock.json', packages);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hive-installed-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const name of ['a', 'ours']) {
    mkdirSync(join(root, 'node_modules', name), { recursive: true });
    writeFileSync(join(root, 'node_modules', name, 'package.json'), '{}');
  }
  write('package-lock.json', lock);
  install(found);
});

test('an install typed by hand counts, with optional packages of other platforms left out', () => {
  expect(isInstalled(root)).toBe(true);
  expect(countInstalled(root)).toBe(1);
});

test('an interrupted install, which left no record, does not count', () => {
  rmSync(join(root, 'node_modules/.package-lock.json'));
  expect(isInstalled(root)).toBe(false);
});

test.each([
  ['another version', { ...found, 'node_modules/a': { version: '2.0.0', integrity: 'sha512-a' } }],
  ['another content', { ...found, 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } }],
  ['a missing package', { 'node_modules/ours': found['node_modules/ours'] }],
  ['a package that the lock file no longer names', { ...found, 'node_modules/b': { version: '1.0.0' } }],
])('%s asks for a new install', (_case, packages) => {
  install(packages);
  expect(isInstalled(root)).toBe(false);
});

test('a package folder that was deleted asks for a new install', () => {
  rmSync(join(root, 'node_modules/a'), { recursive: true });
  expect(isInstalled(root)).toBe(false);
});
