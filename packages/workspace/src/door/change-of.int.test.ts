import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTestRepo, tempFolder } from '../testing.ts';
import { changeOf } from './change-of.ts';
import { checkPatch } from './check-patch.ts';
import { patchFiles } from './patch-files.ts';
import { openRepo } from './repo.ts';

test('a commit is itself alone on its first parent; HEAD is a commit', async () => {
  const made = createTestRepo({ a: 'a\n' });
  const second = made.commit({ b: 'b\n' }, 'Add b');
  const third = made.commit({ c: 'c\n' }, 'Add c');
  const repo = await openRepo(made.root);
  const of = (name: string, base?: string) => changeOf(repo, { kind: 'rev', name }, base);
  expect(await of('HEAD')).toMatchObject({ base: second, title: 'Add c' });
  expect(await of(second)).toMatchObject({ base: made.first, title: 'Add b' });
  expect(patchFiles((await of(third, made.first)).patch)).toEqual(['b', 'c']);
  await expect(of(made.first)).rejects.toMatchObject({ code: 'input.invalid' });
  await expect(of('nothing')).rejects.toMatchObject({ code: 'input.invalid' });
});

test('a commit whose parent a shallow clone lacks is told with the way to get it', async () => {
  const made = createTestRepo({ a: 'a\n' });
  made.commit({ a: 'b\n' });
  const clone = join(tempFolder(), 'clone');
  execFileSync('git', ['clone', '-q', '--no-local', '--depth=1', made.root, clone], { stdio: 'pipe' });
  await expect(changeOf(await openRepo(clone), { kind: 'rev', name: 'HEAD' })).rejects.toMatchObject({
    code: 'input.invalid',
    message: expect.stringMatching(/shallow clone; get it with: git -C \S+ fetch --deepen=1$/) as string,
  });
});

test('a branch is all since its merge base with HEAD, or its last commit when HEAD has it', async () => {
  const made = createTestRepo({ a: 'a\n' });
  made.git('checkout', '-q', '-b', 'feature');
  made.commit({ b: 'b\n' });
  const tip = made.commit({ c: 'c\n' }, 'Finish');
  made.git('checkout', '-q', 'main');
  made.commit({ d: 'd\n' });
  const branch = await changeOf(await openRepo(made.root), { kind: 'rev', name: 'feature' });
  expect(branch).toMatchObject({ base: made.first, title: 'Finish' });
  expect(patchFiles(branch.patch)).toEqual(['b', 'c']);
  made.git('checkout', '-q', 'feature');
  expect(await changeOf(await openRepo(made.root), { kind: 'rev', name: 'feature' })).toMatchObject({
    base: `${made.git('rev-parse', `${tip}^`)}`,
  });
});

test('a patch applies to HEAD; its title is its subject or its file', async () => {
  const made = createTestRepo({ a: 'a\n' });
  const second = made.commit(
    { a: 'b\n' },
    'Turn a into b, which takes a subject that is long enough to be folded by git',
  );
  const repo = await openRepo(made.root);
  const mail = Buffer.from(made.git('format-patch', '-1', '--stdout') + '\n');
  expect(await changeOf(repo, { kind: 'patch', bytes: mail })).toMatchObject({
    base: second,
    title: 'Turn a into b, which takes a subject that is long enough to be folded by git',
  });
  const diff = Buffer.from(made.git('diff', 'HEAD~1') + '\n');
  expect(await changeOf(repo, { kind: 'patch', bytes: diff }, 'HEAD~1')).toMatchObject({
    base: made.first,
    title: 'Change a',
  });
});

test('a patch is tried without a trace in the repository', async () => {
  const made = createTestRepo({ a: '1\n2\n3\n', 'dir/b': 'b\n' });
  const home = tempFolder();
  made.write({ a: '1\n2\nthree\n' });
  const good = made.git('diff') + '\n';
  made.git('checkout', '-q', '.');
  const repo = await openRepo(made.root);
  const attempt = (patch: string, base = repo.head) => checkPatch({ home, repo, base, patch: Buffer.from(patch) });
  await attempt(good);
  const later = made.commit({ a: 'x\n' });
  await expect(attempt(good, later)).rejects.toMatchObject({ code: 'patch.conflict', details: { file: 'a', line: 1 } });
  await expect(attempt(good.replaceAll('/a', '/absent'))).rejects.toMatchObject({
    code: 'patch.conflict',
    details: { file: 'absent' },
  });
  for (const empty of ['', '\n \n']) await expect(attempt(empty)).rejects.toMatchObject({ code: 'patch.empty' });
  const malformed = ['hello', good.replace('@@ -1,3 +1,3 @@', '@@ -1,9 +1,9 @@'), good.slice(0, good.length - 8)];
  for (const text of malformed) await expect(attempt(text), text).rejects.toMatchObject({ code: 'patch.malformed' });
  const planted = ['../x', '.git/hooks/post-checkout', '/etc/x', 'dir/../../x'].map(
    (path) => `diff --git a/${path} b/${path}\nnew file mode 100755\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+x\n`,
  );
  for (const text of planted)
    await expect(attempt(text), text).rejects.toMatchObject({ code: expect.stringMatching(/^patch\./) as string });
});
