import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { searchIndex } from './search.ts';
import { calm, createTestRepo, createTestWorkspace, fingerprint, plain, tempFolder } from '../testing.ts';

const canary = 'canary-71c2';

/** A worktree of this repository beside a folder with a secret. */
const opened = async (files: Record<string, string> = { 'a.txt': 'one\ntwo\nthree\n', 'dir/b.txt': 'b\n' }) => {
  const user = createTestRepo(files);
  const { workspace } = createTestWorkspace();
  const tree = await workspace.open({ repo: user.root, base: user.first, ...plain });
  const outside = tempFolder();
  writeFileSync(join(outside, 'b.txt'), `${canary}\n`);
  return { tree, files: tree.files, dir: tree.dir, outside };
};
const outsideError = { code: 'paths.outside' };
const said = (sentence: string) => ({ code: 'input.invalid', message: expect.stringContaining(sentence) as string });

test('a file is read by lines, edited in one place, written and removed', async () => {
  const { files, dir } = await opened();
  expect(await files.read('a.txt', { from: 2, to: 9 })).toEqual({ text: 'two\nthree', from: 2, to: 3, of: 3 });
  chmodSync(join(dir, 'a.txt'), 0o755);
  await files.edit('./a.txt', { find: 'two\n', replace: '$& 2\n' });
  expect(readFileSync(join(dir, 'a.txt'), 'utf8')).toBe('one\n$& 2\nthree\n');
  expect(statSync(join(dir, 'a.txt')).mode & 0o777).toBe(0o755);
  expect(await files.write('new/deep/c.txt', 'c')).toBe('made');
  expect(await files.write('new/deep/c.txt', 'shorter?')).toBe('changed');
  expect(await files.write('new/deep/c.txt', 'C')).toBe('changed');
  expect(await files.list('.', { depth: 3, limit: 10 })).toEqual({
    entries: ['a.txt', 'dir/', 'dir/b.txt', 'new/', 'new/deep/', 'new/deep/c.txt'],
    more: false,
  });
  expect(await files.list('.', { depth: 1, limit: 2 })).toEqual({ entries: ['a.txt', 'dir/'], more: true });
  await files.remove('a.txt');
  expect(readFileSync(join(dir, 'new/deep/c.txt'), 'utf8')).toBe('C');
  await expect(files.read('a.txt')).rejects.toMatchObject(said('There is no a.txt'));
});

test('lines of a model fit a file with Windows line ends', async () => {
  const { files, dir } = await opened({ 'w.txt': 'a\r\nb\r\n' });
  await files.edit('w.txt', { find: 'a\nb', replace: 'a\nc' });
  expect(readFileSync(join(dir, 'w.txt'), 'utf8')).toBe('a\r\nc\r\n');
});

test.each([
  ['not there', { find: 'four', replace: '4' }, 'is not in a.txt'],
  ['there twice', { find: 'e\n', replace: 'E\n' }, 'more than once'],
  ['there twice, overlapping', { find: 'ee', replace: 'x' }, 'more than once'],
  ['empty', { find: '', replace: 'x' }, 'is empty'],
  ['the same', { find: 'one', replace: 'one' }, 'are the same'],
])('a text to replace that is %s changes nothing and is explained', async (_, change, sentence) => {
  const { files, dir } = await opened({ 'a.txt': 'one\nthreee\n' });
  await expect(files.edit('a.txt', change)).rejects.toMatchObject(said(sentence));
  expect(readFileSync(join(dir, 'a.txt'), 'utf8')).toBe('one\nthreee\n');
});

test('no path, link or hard link leads out of the worktree, for any tool', async () => {
  const { files, dir, outside } = await opened();
  symlinkSync(outside, join(dir, 'out'));
  symlinkSync(join(outside, 'b.txt'), join(dir, 'link.txt'));
  symlinkSync(join(outside, 'not-yet'), join(dir, 'dangling'));
  symlinkSync('../../../../../../../../etc', join(dir, 'dir/up'));
  const before = fingerprint(outside);
  const ways = [
    ...['../b.txt', '/etc/passwd', 'dir/../../b.txt', '.git/config', '.GIT/config', 'dir/.git/x', 'C:\\x', '~/x'],
    ...['out/b.txt', 'out', 'link.txt', 'dangling', 'dir/up/passwd'],
  ];
  for (const path of ways) {
    const of = { path };
    await expect(files.read(path), path).rejects.toMatchObject(outsideError);
    await expect(files.write(path, 'x'), path).rejects.toMatchObject(outsideError);
    await expect(files.edit(path, { find: canary, replace: 'x' }), path).rejects.toMatchObject(outsideError);
    await expect(files.list(path, { depth: 1, limit: 9 }), path).rejects.toMatchObject(outsideError);
    expect(of.path).toBe(path);
  }
  linkSync(join(outside, 'b.txt'), join(dir, 'hard.txt'));
  await expect(files.write('hard.txt', 'x')).rejects.toMatchObject(outsideError);
  await expect(files.edit('hard.txt', { find: canary, replace: 'x' })).rejects.toMatchObject(outsideError);
  await files.remove('hard.txt');
  await files.remove('link.txt');
  await expect(files.remove('out/b.txt')).rejects.toMatchObject(outsideError);
  expect(fingerprint(outside)).toEqual(before);
});

test('a link that stays inside is not followed either, but named with what it leads to', async () => {
  const { files, dir } = await opened();
  symlinkSync('../a.txt', join(dir, 'dir/inner'));
  await expect(files.read('dir/inner')).rejects.toMatchObject(said('dir/inner is a link to a.txt'));
});

test('pipes, folders and binary files are no files to read or write, and nothing waits for them', async () => {
  const { files, dir } = await opened();
  execFileSync('mkfifo', [join(dir, 'pipe')]);
  writeFileSync(join(dir, 'c.bin'), Buffer.from([1, 0, 2]));
  await expect(files.read('pipe')).rejects.toMatchObject(said('not a regular file'));
  await expect(files.write('pipe', 'x')).rejects.toMatchObject(said('pipe cannot be opened'));
  await expect(files.read('dir')).rejects.toMatchObject(said('dir is a folder'));
  await expect(files.write('dir', 'x')).rejects.toMatchObject(said('dir is a folder'));
  await expect(files.remove('dir')).rejects.toMatchObject(said('only files can'));
  await expect(files.read('a.txt/x')).rejects.toMatchObject(said('a.txt is not a folder'));
  await expect(files.read('c.bin')).rejects.toMatchObject(said('not a text file'));
});

test('a folder that is swapped for a link again and again never lets a read or write out', async () => {
  const { files, dir, outside } = await opened();
  const before = fingerprint(outside);
  let over = false;
  const here = join(dir, 'dir');
  const swap = async () => {
    for (let n = 0; !over; n++) {
      try {
        rmSync(here, { recursive: true, force: true });
        if (n % 2 === 0) symlinkSync(outside, here);
        else mkdirSync(here);
      } catch {
        // a write was faster, and the next turn of the loop sees to it
      }
      await new Promise(setImmediate);
    }
  };
  const swapping = swap();
  const read: string[] = [];
  for (let n = 0; n < 300; n++) {
    await files.read('dir/b.txt').then(
      ({ text }) => read.push(text),
      () => undefined,
    );
    await files.write('dir/b.txt', `b${n}\n`).catch(() => undefined);
    await files.write(`dir/new${n % 7}`, 'n').catch(() => undefined);
  }
  over = true;
  await swapping;
  expect(read.join('')).not.toContain(canary);
  expect(fingerprint(outside)).toEqual(before);
});

test('a search finds what was changed, by text or expression, and nothing behind links or ignored', async () => {
  const { files, dir, outside } = await opened({
    'a.txt': 'one (1)\n',
    'dir/b.txt': 'two (2)\n',
    '.gitignore': 'ignored\n',
  });
  writeFileSync(join(dir, 'new.txt'), 'three (3)\n');
  writeFileSync(join(dir, 'ignored'), 'four (4)\n');
  expect((await files.search({ pattern: '(', kind: 'text' })).lines).toEqual([
    'a.txt:1:one (1)',
    'dir/b.txt:1:two (2)',
    'new.txt:1:three (3)',
  ]);
  expect((await files.search({ pattern: 'T[a-z]+ ', kind: 'regex', ignoreCase: true, below: 'dir' })).lines).toEqual([
    'dir/b.txt:1:two (2)',
  ]);
  rmSync(join(dir, 'dir'), { recursive: true });
  symlinkSync(outside, join(dir, 'dir'));
  expect(await files.search({ pattern: 'canary', kind: 'text' })).toEqual({ lines: [], more: false });
});

test('a search reads what was staged, so a folder that becomes a link after that leads nowhere', async () => {
  const { root } = createTestRepo({ 'dir/b.txt': 'inside\n' });
  const outside = tempFolder();
  writeFileSync(join(outside, 'b.txt'), `${canary}\n`);
  rmSync(join(root, 'dir'), { recursive: true });
  symlinkSync(outside, join(root, 'dir'));
  const search = (pattern: string) =>
    searchIndex({ pattern, kind: 'text' }, { gitDir: join(root, '.git'), workTree: root });
  expect((await search('canary')).lines).toEqual([]);
  expect((await search('inside')).lines).toEqual(['dir/b.txt:1:inside']);
});

test.each([
  ['(', 'not a POSIX extended'],
  ['(a)\\1', 'refer back'],
  ['((a{1,50}){1,50}){1,50}', 'at most twice'],
  ['a{1000}', '50 times at most'],
  ['', '1 to 300 characters'],
])('the expression %j is refused with a reason', async (pattern, sentence) => {
  const { files } = await opened();
  await expect(files.search({ pattern, kind: 'regex' })).rejects.toMatchObject(said(sentence));
});

test('a search ends at its output, and an expression that would keep a backtracking matcher busy does not', async () => {
  const { files } = await opened({ 'many.txt': `${'x'.repeat(100)}\n`.repeat(20_000), 'as.txt': 'a'.repeat(5000) });
  const found = await files.search({ pattern: 'xx', kind: 'text' });
  expect(found.more).toBe(true);
  expect(found.lines.length).toBeLessThan(4000);
  expect((await files.search({ pattern: '(a+)+b', kind: 'regex' })).lines).toEqual([]);
});

test('what a tried command did to the files is taken back, and told', async () => {
  const { tree, files, dir } = await opened({ 'a.txt': 'one\n', '.gitignore': 'cache\n' });
  await files.write('b.txt', 'mine\n');
  const script = 'echo bad > a.txt; rm b.txt; echo new > c.txt; echo kept > cache; ln -s / root; exit 3';
  const ran = await tree.tryOut(['sh', '-c', script], { timeoutMs: 20_000, signal: calm });
  expect(ran).toMatchObject({ exit: 3, undone: ['a.txt', 'b.txt', 'c.txt', 'root'] });
  expect(await tree.changedPaths()).toEqual(['b.txt']);
  expect(readFileSync(join(dir, 'b.txt'), 'utf8')).toBe('mine\n');
  expect((await files.list('.', { depth: 1, limit: 9 })).entries).toEqual(['.gitignore', 'a.txt', 'b.txt', 'cache']);
});

test('a folder of many levels does not end a list', async () => {
  const { files, dir } = await opened();
  mkdirSync(join(dir, Array.from({ length: 40 }, () => 'd').join('/')), { recursive: true });
  expect((await files.list('.', { depth: 60, limit: 100 })).entries).toHaveLength(43);
});
