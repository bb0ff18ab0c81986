import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readTexts, writeTexts } from './texts.ts';

let dir: string;
let elsewhere: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hive-texts-'));
  elsewhere = await mkdtemp(join(tmpdir(), 'hive-elsewhere-'));
  await writeFile(join(elsewhere, 'secret'), 'secret');
});
afterEach(async () => {
  await rm(dir, { recursive: true });
  await rm(elsewhere, { recursive: true });
});

test('texts are read by glob; links, binaries and dependencies are left out', async () => {
  await mkdir(join(dir, 'src'));
  await mkdir(join(dir, 'node_modules'));
  await writeFile(join(dir, 'src/a.js'), 'a');
  await writeFile(join(dir, 'b.md'), 'b');
  await writeFile(join(dir, 'c.bin'), Buffer.from([0, 1]));
  await writeFile(join(dir, 'node_modules/d.js'), 'd');
  await symlink(join(elsewhere, 'secret'), join(dir, 'link.js'));
  expect(await readTexts(dir, { globs: undefined, maxBytes: 100 })).toEqual([
    { path: 'b.md', text: 'b' },
    { path: 'src/a.js', text: 'a' },
  ]);
  expect(await readTexts(dir, { globs: undefined, maxBytes: 1 })).toEqual([{ path: 'b.md', text: 'b' }]);
  for (const globs of [['src/**'], ['src'], ['src/a.js', 'src/*.js', 'missing/**'], ['**/*.js', '../**', '/etc/**']])
    expect(await readTexts(dir, { globs, maxBytes: 100 })).toEqual([{ path: 'src/a.js', text: 'a' }]);
  expect(await readTexts(dir, { globs: ['link.js', '.git/**'], maxBytes: 100 })).toEqual([]);
});

test.each(['../x', '/etc/x', 'a/../../x', '.git/config', 'sub/.GIT/hooks/x', '', 'a//b', 'out/secret', 'x\u0000y'])(
  'a write to %j is refused and changes nothing',
  async (path) => {
    await symlink(elsewhere, join(dir, 'out'));
    await expect(writeTexts(dir, [{ path, content: 'owned' }])).rejects.toMatchObject({ code: 'paths.outside' });
    expect(await readFile(join(elsewhere, 'secret'), 'utf8')).toBe('secret');
  },
);

test('files are written with their folders and deleted', async () => {
  await writeTexts(dir, [{ path: 'new/deep/file.txt', content: 'hello' }]);
  expect(await readFile(join(dir, 'new/deep/file.txt'), 'utf8')).toBe('hello');
  await writeTexts(dir, [{ path: 'new/deep/file.txt', content: null }]);
  await expect(readFile(join(dir, 'new/deep/file.txt'))).rejects.toThrow('ENOENT');
});
