import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { makeRepository } from './make-repository.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hive-example-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  mkdirSync(join(dir, 'library'));
  writeFileSync(join(dir, 'library/a.js'), '1\n');
  writeFileSync(join(dir, 'library/.gitignore'), 'b.js\n');
  writeFileSync(join(dir, 'library/b.js'), 'ignored by name, and part of the library\n');
});
const make = (folder: string) => makeRepository(join(dir, 'library'), join(dir, folder), process.env);
const git = (folder: string, ...args: string[]) =>
  execFileSync('git', args, { cwd: join(dir, folder), encoding: 'utf8' }).trim();

test('the same files are the same commit everywhere', async () => {
  expect(await make('one')).toBe(await make('two'));
  expect(git('one', 'ls-tree', '--name-only', 'HEAD').split('\n')).toEqual(['.gitignore', 'a.js', 'b.js']);
  expect(git('one', 'status', '--porcelain')).toBe('');
});

test('made again it is what the library says now, and branches stay', async () => {
  const before = await make('one');
  git('one', 'branch', 'hive/old');
  writeFileSync(join(dir, 'library/a.js'), '2\n');
  rmSync(join(dir, 'library/b.js'));
  const after = await make('one');
  expect(after).not.toBe(before);
  expect(readFileSync(join(dir, 'one/a.js'), 'utf8')).toBe('2\n');
  expect(git('one', 'ls-tree', '--name-only', 'HEAD').split('\n')).toEqual(['.gitignore', 'a.js']);
  expect(git('one', 'rev-parse', 'hive/old')).toBe(before);
});
