import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { changeOf } from '../door/change-of.ts';
import { checkPatch } from '../door/check-patch.ts';
import { patchFiles } from '../door/patch-files.ts';
import { openRepo } from '../door/repo.ts';
import { calm, createTestRepo, createTestWorkspace, plain } from '../testing.ts';
import { applyPatch } from './apply.ts';
import { diffOf } from './diff.ts';
import { git, gitText } from './git.ts';

const odd = ['data/large.bin', 'data/say "no"\nto it', 'data/-rf', 'empty', 'ünï.bin'];

/** A repository with 50 MB and other files to remove, and a commit that removes them, where a folder and a file change places. */
const removing = () => {
  const user = createTestRepo({ 'a.txt': 'a\n' });
  mkdirSync(join(user.root, 'data'));
  for (const name of odd) writeFileSync(join(user.root, name), name === 'empty' ? '' : 'x\n');
  writeFileSync(join(user.root, 'data/large.bin'), Buffer.alloc(50_000_001));
  symlinkSync('../../outside', join(user.root, 'link'));
  user.git('add', '--all');
  user.git('commit', '-q', '-m', 'Add data');
  const base = user.git('rev-parse', 'HEAD');
  for (const name of ['data', 'empty', 'ünï.bin', 'link']) rmSync(join(user.root, name), { recursive: true });
  const head = user.commit({ data: 'now a file\n', 'empty/x': 'now in a folder\n', 'a.txt': 'b\n' });
  return { user, base, head, tree: user.git('rev-parse', `${head}^{tree}`), gitDir: join(user.root, '.git') };
};

const message = { subject: 'Remove', trailers: {} };

test('what is too much to be shown is removed by its ids: a small patch for the same tree, in an index and in a worktree', async () => {
  const { user, base, head, tree, gitDir } = removing();
  const { workspace, home } = createTestWorkspace();
  const repo = await openRepo(user.root);
  const { patch } = await changeOf(repo, { kind: 'rev', name: head });
  expect(patch.length).toBeLessThan(4000);
  expect(patchFiles(patch)).toEqual([...odd, 'a.txt', 'data', 'empty/x', 'link'].sort());
  expect(Buffer.from(patch).toString()).toContain(user.git('rev-parse', `${base}:data/large.bin`));
  await checkPatch({ home, repo, base, patch });

  const worktree = await workspace.open({ repo: user.root, base, ...plain });
  await worktree.apply(patch);
  expect(existsSync(join(worktree.dir, 'link'))).toBe(false);
  expect(existsSync(join(worktree.dir, 'ünï.bin'))).toBe(false);
  expect(readFileSync(join(worktree.dir, 'data'), 'utf8')).toBe('now a file\n');
  const made = await worktree.commit(message);
  await worktree.remove();
  expect(made?.tree).toBe(tree);
  // What was reviewed, proven and recorded is one patch, byte by byte.
  expect(Buffer.from(made?.patch ?? []).equals(patch)).toBe(true);

  // Any git reads the same from it.
  const index = join(home, 'index');
  await git(['read-tree', base], { gitDir, index });
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', GIT_DIR: gitDir, GIT_INDEX_FILE: index };
  execFileSync('git', ['apply', '--cached', '-'], { env, input: patch });
  expect(await gitText(['write-tree'], { gitDir, index })).toBe(tree);
});

test('what is removed by its id is not read for it', async () => {
  const { user, base, head, tree, gitDir } = removing();
  const patch = await diffOf(gitDir, base, head);
  const id = user.git('rev-parse', `${base}:data/large.bin`);
  rmSync(join(gitDir, 'objects', id.slice(0, 2), id.slice(2)));
  const options = { gitDir, index: join(user.root, '../index') };
  await git(['read-tree', base], options);
  await applyPatch(patch, 'cached', options);
  expect(await gitText(['write-tree'], options)).toBe(tree);
});

test('what is removed by its id is put on top of another base, and not where it became another file', async () => {
  const { user, base, head } = removing();
  user.git('checkout', '-q', base);
  const beside = user.commit({ 'new.txt': 'n\n' });
  const changed = user.commit({ 'data/large.bin': 'other\n' });
  const { workspace } = createTestWorkspace();
  const patch = await diffOf(join(user.root, '.git'), base, head);
  const author = await workspace.open({ repo: user.root, base, ...plain });
  await author.apply(patch);
  const commit = (await author.commit(message))?.commit ?? '';
  await author.remove();
  const moved = await workspace.rebase({ repo: user.root, commit, onto: beside, signal: calm });
  user.git('checkout', '-q', head);
  expect(moved.tree).toBe(user.git('rev-parse', `${user.commit({ 'new.txt': 'n\n' })}^{tree}`));
  await expect(workspace.rebase({ repo: user.root, commit, onto: changed, signal: calm })).rejects.toMatchObject({
    code: 'patch.conflict',
    message: expect.stringContaining('data/large.bin') as string,
  });
  const worktree = await workspace.open({ repo: user.root, base: changed, ...plain });
  await expect(worktree.apply(patch)).rejects.toMatchObject({
    code: 'patch.conflict',
  });
  expect(await worktree.changedPaths()).toEqual([]);
});

test('many small files that are too much together are removed by their ids, where a new large file is still too much', async () => {
  const user = createTestRepo({ 'a.txt': 'a\n' });
  for (let at = 0; at < 6; at++) writeFileSync(join(user.root, `${at}.bin`), Buffer.alloc(10_000_000, at));
  user.git('add', '--all');
  user.git('commit', '-q', '-m', 'Add data');
  const base = user.git('rev-parse', 'HEAD');
  const head = user.commit(Object.fromEntries([...Array(6).keys()].map((at) => [`${at}.bin`, null])));
  const gitDir = join(user.root, '.git');
  expect((await diffOf(gitDir, base, head)).length).toBeLessThan(2000);
  // The way back adds them.
  const repo = await openRepo(user.root);
  await expect(changeOf(repo, { kind: 'rev', name: base }, head)).rejects.toMatchObject({ code: 'input.invalid' });
});

test('a patch whose first file is removed by another id than it has is left to git, which names the file', async () => {
  const user = createTestRepo({ 'a.txt': 'a\n' });
  const gitDir = join(user.root, '.git');
  const index = join(user.root, '../index');
  await git(['read-tree', user.first], { gitDir, index });
  const none = '0'.repeat(40);
  const patch = `diff --git a/a.txt b/a.txt\ndeleted file mode 100644\nindex ${'1'.repeat(40)}..${none}\nGIT binary patch\nliteral 0\nHcmV?d00001\n\n`;
  await expect(applyPatch(Buffer.from(patch), 'cached', { gitDir, index })).rejects.toMatchObject({
    code: 'patch.conflict',
    message: expect.stringContaining('a.txt') as string,
  });
  expect(await gitText(['ls-files'], { gitDir, index })).toBe('a.txt');
});
