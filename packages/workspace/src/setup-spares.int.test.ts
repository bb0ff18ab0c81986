import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Setup } from '@hive/events';
import { expect, test } from 'vitest';
import { calm, createTestRepo, createTestWorkspace, fingerprint, plain, tempFolder } from './testing.ts';

const install = `
mkdir -p deps/one/bin deps/two many packages/a/deps
echo inner > packages/a/deps/file
for n in $(seq 300); do echo "$n" > "many/$n"; done
echo body > deps/one/body && touch -d 2001-01-01 deps/one/body
echo tool > deps/one/bin/tool && chmod 755 deps/one/bin/tool && ln -s ../one/bin/tool deps/two/tool
echo gone > deps/two/gone && echo twice > deps/two/twice && ln deps/two/twice deps/two/again
touch -d 2002-02-02 deps/two deps
`;
const paths = ['deps', 'many', 'packages/a/deps'];

const house = (more = '') => {
  const repo = createTestRepo({
    'install.sh': `${install}${more}`,
    '.gitignore': 'deps\nmany\n.venv\n',
    a: '1\n',
    'packages/a/b': '1\n',
  });
  const setup: Setup = { argv: ['sh', 'install.sh'], lockfile: null, source: 'given' };
  const bench = createTestWorkspace();
  const open = (base = repo.first) => bench.workspace.open({ repo: repo.root, base, ...plain, setup });
  const prints = (dir: string) => [paths.map((path) => fingerprint(join(dir, path))), outsides(dir).toSorted()];
  const inode = (dir: string, path = 'deps/one/body') => lstatSync(join(dir, path)).ino;
  return { ...bench, repo, open, prints, inode };
};

/** What a fingerprint leaves out: of each folder its time and rights, of each file how many names it has. */
const outsides = (dir: string): string[] =>
  paths.flatMap((path) =>
    [path, ...readdirSync(join(dir, path), { recursive: true, encoding: 'latin1' }).map((it) => `${path}/${it}`)].map(
      (it) => {
        const stats = lstatSync(Buffer.from(join(dir, it), 'latin1'));
        return `${it} ${stats.mode} ${Math.round(stats.mtimeMs)} ${stats.isDirectory() ? '' : stats.nlink}`;
      },
    ),
  );

const how = { timeoutMs: 20_000, signal: calm };

test('what a setup left is handed on from a worktree that is over to the next, and is then as it was', async () => {
  const { open, prints, inode } = house();
  const first = await open();
  const before = [prints(first.dir), inode(first.dir), inode(first.dir, 'many/1')];
  expect((await first.run(['cat', 'deps/one/body'], how)).exit).toBe(0);
  await first.remove();
  await first.remove();
  expect(existsSync(first.dir)).toBe(false);
  const next = await open();
  expect([prints(next.dir), inode(next.dir), inode(next.dir, 'many/1')]).toEqual(before);
  expect(await next.changedPaths()).toEqual([]);
  await next.remove();
});

test.each([
  ['written to, its size and time kept', 'printf "BODY\\n" > deps/one/body; touch -d 2001-01-01 deps/one/body'],
  [
    'replaced by another of the same size and time',
    'cp -p deps/one/body x; printf "BODY\\n" > x; touch -d 2001-01-01 x; mv x deps/one/body',
  ],
  ['replaced by a link', 'rm deps/one/body; ln -s /etc/passwd deps/one/body'],
  [
    'more',
    'mkdir -p deps/new/folder; echo x > deps/new/folder/file; echo y > deps/one/y; rm -r deps/two; echo two > deps/two',
  ],
  ['rights', 'chmod 777 deps/one/body deps/two'],
  ['a link into it from outside', 'ln deps/one/body ../kept-outside || ln deps/one/body kept-outside'],
  ['a time of a folder', 'touch -d 2099-01-01 deps deps/two packages/a/deps'],
  [
    'a folder whose name is no text',
    'mkdir "deps/$(printf "\\377")"; echo secret > "deps/$(printf "\\377")/x"; rm -r "deps/$(printf "\\377")"',
  ],
  ['the whole folder moved', 'mv deps other; mkdir deps; cp -r other/one deps/one'],
])('what a command did to it is undone for the next worktree: %s', async (_, script) => {
  const { open, prints, inode } = house();
  const first = await open();
  const before = prints(first.dir);
  const untouched = inode(first.dir, 'many/1');
  expect((await first.run(['sh', '-c', script], how)).exit).toBe(0);
  await first.remove();
  const next = await open();
  expect(prints(next.dir)).toEqual(before);
  expect(inode(next.dir, 'many/1')).toBe(untouched);
  // And so for the one after it.
  expect((await next.run(['sh', '-c', 'echo x >> deps/one/bin/tool'], how)).exit).toBe(0);
  await next.remove();
  const last = await open();
  expect(prints(last.dir)).toEqual(before);
  await last.remove();
});

test.each([
  ['much of it was touched', 'for n in $(seq 250); do echo x >> "many/$n"; done'],
  ['it was taken away', 'rm -r many'],
  ['one of several names of a file was touched', 'echo x >> deps/two/again'],
  ['a name that is no text has come', 'echo x > "deps/$(printf "\\377")"'],
  ['a command was stopped', 'sleep 60'],
])('a worktree gets a fresh copy where %s', async (_, script) => {
  const { open, prints, inode } = house();
  const first = await open();
  const [before, old] = [prints(first.dir), inode(first.dir)];
  const held = await open(); // so that no number of a file is used again
  const isStopped = script === 'sleep 60';
  expect((await first.run(['sh', '-c', script], isStopped ? { ...how, timeoutMs: 300 } : how)).exit).toBe(
    isStopped ? null : 0,
  );
  await first.remove();
  const next = await open();
  expect(prints(next.dir)).toEqual(before);
  expect([old, inode(held.dir)]).not.toContain(inode(next.dir, 'many/300'));
});

test('nothing outside of the worktree is moved or opened through a link that a command has left', async () => {
  const { open } = house('chmod 555 deps/one\n');
  const aside = tempFolder();
  mkdirSync(join(aside, 'deps'), { mode: 0o755 });
  writeFileSync(join(aside, 'deps', 'mine'), 'mine');
  chmodSync(aside, 0o755);
  const first = await open();
  const script = `rm -r packages/a; ln -s ${aside} packages/a; chmod 755 deps/one; rm deps/one/body; ln -s ${aside}/deps deps/one/body; chmod 555 deps/one`;
  expect((await first.run(['sh', '-c', script], how)).exit).toBe(0);
  await first.remove();
  const next = await open();
  expect(lstatSync(join(next.dir, 'deps/one/body')).isFile()).toBe(true);
  expect(readdirSync(join(next.dir, 'packages/a/deps'))).toEqual(['file']);
  await next.remove();
  expect(readdirSync(join(aside, 'deps'))).toEqual(['mine']);
  expect(statSync(join(aside, 'deps')).mode & 0o777).toBe(0o755);
});

test('a setup that left a name which is no text is copied as it was', async () => {
  const { open } = house('echo x > "deps/$(printf "\\351")"\n');
  const first = await open();
  const names = readdirSync(join(first.dir, 'deps'), 'latin1');
  expect(names).toContain('\xe9');
  await first.remove();
  expect(readdirSync(join((await open()).dir, 'deps'), 'latin1').toSorted()).toEqual(names.toSorted());
});

test('worktrees at the same time have copies of their own, of many few are kept, and none outlives its process', async () => {
  const { open, inode, workspace, home, incarnation } = house();
  const trees = await Promise.all(Array.from({ length: 6 }, () => open()));
  expect(new Set(trees.map(({ dir }) => inode(dir))).size).toBe(6);
  await Promise.all(trees.map((tree) => tree.remove()));
  const folder = join(home, 'worktrees', incarnation);
  expect(readdirSync(folder)).toHaveLength(3);
  for (const spare of readdirSync(folder))
    expect(readdirSync(join(folder, spare)).toSorted()).toEqual(['deps', 'many', 'packages']);
  const again = await Promise.all([open(), open(), open(), open()]);
  expect(new Set(again.map(({ dir }) => inode(dir))).size).toBe(4);
  expect(readdirSync(folder)).toHaveLength(4);
  await again[0]?.remove();
  await workspace.cleanUp(incarnation);
  expect(existsSync(folder)).toBe(false);
});

test('what belongs to another base, or knows its folder by name, is not handed on', async () => {
  const { open, home, incarnation } = house('mkdir -p .venv/bin; echo home > .venv/pyvenv.cfg\n');
  const first = await open();
  await first.remove();
  expect(readdirSync(join(home, 'worktrees', incarnation))).toEqual([]);
  const other = house();
  const before = await other.open();
  const old = other.inode(before.dir);
  const held = await other.open();
  await before.remove();
  const next = await other.open(other.repo.commit({ a: '2\n' }));
  expect([old, other.inode(held.dir)]).not.toContain(other.inode(next.dir));
});
