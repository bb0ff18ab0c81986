import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { historyOf } from './door/history.ts';
import { patchFiles } from './door/patch-files.ts';
import { openRepo } from './door/repo.ts';
import { createTestRepo, createTestWorkspace, plain, tempFolder } from './testing.ts';

const message = { subject: 'Change', trailers: {} };

const opened = async () => {
  const user = createTestRepo({ 'a.txt': 'a\n', 'dir/b.txt': 'b\n' });
  const { workspace } = createTestWorkspace();
  const tree = await workspace.open({ repo: user.root, base: user.first, ...plain });
  const ran = join(tempFolder(), 'ran');
  const program = join(tempFolder(), 'program');
  writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> '${ran}'\ncat\n`, { mode: 0o755 });
  /** A repository in the worktree whose config starts a program at any chance. */
  const plant = (folder: string) => {
    mkdirSync(join(folder, 'objects'), { recursive: true });
    mkdirSync(join(folder, 'refs', 'heads'), { recursive: true });
    mkdirSync(join(folder, 'hooks'), { recursive: true });
    writeFileSync(join(folder, 'HEAD'), `${user.first}\n`);
    const config = `[core]\n bare = false\n fsmonitor = ${program}\n hooksPath = ${folder}/hooks\n[filter "x"]\n clean = ${program}\n smudge = ${program}\n process = ${program}\n[diff]\n external = ${program}\n`;
    writeFileSync(join(folder, 'config'), config);
  };
  return { user, tree, ran, plant, workspace };
};

test('a planted .git, as file or folder, configures nothing and is not committed', async () => {
  const { tree, ran, plant } = await opened();
  plant(join(tree.dir, 'planted'));
  writeFileSync(join(tree.dir, '.git'), `gitdir: ${join(tree.dir, 'planted')}\n`);
  writeFileSync(join(tree.dir, '.gitattributes'), '* filter=x diff=x\n');
  writeFileSync(join(tree.dir, 'a.txt'), 'A\n');
  expect(await tree.changedPaths()).toContain('a.txt');
  const made = await tree.commit(message);
  expect(Buffer.from(made?.patch ?? []).toString()).toContain('+A\n');
  await tree.apply(
    Buffer.from('diff --git a/n b/n\nnew file mode 100644\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+n\n'),
  );
  expect(existsSync(ran)).toBe(false);
  expect(patchFiles(made?.patch ?? '')).not.toContain('.git');
});

test('a repository in a folder is not looked into: its files are taken, its history is not', async () => {
  const { tree, ran, plant } = await opened();
  for (const folder of ['new', 'dir', 'deep/er']) {
    plant(join(tree.dir, folder, '.git'));
    writeFileSync(join(tree.dir, folder, 'file.txt'), 'f\n');
  }
  const made = await tree.commit(message);
  expect(patchFiles(made?.patch ?? '')).toEqual(['deep/er/file.txt', 'dir/file.txt', 'new/file.txt']);
  expect(existsSync(ran)).toBe(false);
});

test('a link out of the worktree is recorded as a link, and nothing is written or read through it', async () => {
  const { tree } = await opened();
  const outside = tempFolder();
  writeFileSync(join(outside, 'secret.txt'), 'secret\n');
  rmSync(join(tree.dir, 'dir'), { recursive: true });
  symlinkSync(outside, join(tree.dir, 'dir'));
  symlinkSync(join(outside, 'secret.txt'), join(tree.dir, 'link.txt'));
  expect(await tree.changedPaths()).toEqual(['dir', 'dir/b.txt', 'link.txt']);
  const patch = Buffer.from((await tree.commit(message))?.patch ?? []).toString();
  expect(patch).toContain('new file mode 120000');
  expect(patch).not.toContain('secret\n');
  const through = 'diff --git a/dir/x b/dir/x\nnew file mode 100644\n--- /dev/null\n+++ b/dir/x\n@@ -0,0 +1 @@\n+x\n';
  await expect(tree.apply(Buffer.from(through))).rejects.toMatchObject({ code: 'patch.conflict' });
  expect(existsSync(join(outside, 'x'))).toBe(false);
  await tree.remove();
  expect(readFileSync(join(outside, 'secret.txt'), 'utf8')).toBe('secret\n');
});

test('names that look like options, globs, pathspecs or hold line ends are names', async () => {
  const { tree } = await opened();
  const names = ['--all', '-rf', ':(exclude)a', '*.txt', 'a\nb', ' lead', '"q"', '\\', 'ünï'];
  for (const name of names) writeFileSync(join(tree.dir, name), 'x');
  expect(await tree.changedPaths()).toEqual([...names].sort());
  const made = await tree.commit(message);
  expect(patchFiles(made?.patch ?? '')).toEqual([...names].sort());
});

test('a change that is too large is refused before it is made a patch, and known as such in a history', async () => {
  const { tree, user } = await opened();
  writeFileSync(join(tree.dir, 'large.bin'), Buffer.alloc(50_000_001));
  await expect(tree.commit(message)).rejects.toMatchObject({
    code: 'policy.denied',
    message: 'The change is larger than 50 MB (with large.bin, 50.0 MB), which Hive does not merge',
  });
  writeFileSync(join(user.root, 'large.bin'), Buffer.alloc(50_000_001));
  user.git('add', '--all');
  user.git('commit', '-q', '-m', 'Add data');
  user.commit({ 'a.txt': 'b\n' });
  const { commits } = await historyOf(await openRepo(user.root), { range: undefined, count: undefined });
  expect(commits.map(({ tooLarge }) => tooLarge)).toEqual([null, 'larger than 50 MB (with large.bin, 50.0 MB)', null]);
});

test('a change that adds a submodule is refused', async () => {
  const { tree, user } = await opened();
  const patch = `diff --git a/sub b/sub\nnew file mode 160000\nindex 0000000000000000000000000000000000000000..${user.first}\n--- /dev/null\n+++ b/sub\n@@ -0,0 +1 @@\n+Subproject commit ${user.first}\n`;
  await tree.apply(Buffer.from(patch));
  await expect(tree.commit(message)).rejects.toMatchObject({ code: 'policy.denied' });
});

test('what the user ignores privately or globally has no effect on a change', async () => {
  const { tree, user } = await opened();
  writeFileSync(join(user.root, '.git', 'info', 'exclude'), 'private.txt\n');
  writeFileSync(join(tree.dir, 'private.txt'), 'x');
  expect(await tree.changedPaths()).toEqual(['private.txt']);
});
