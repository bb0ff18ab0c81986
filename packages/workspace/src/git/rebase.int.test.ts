import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Workspace } from '../port.ts';
import { calm, createTestRepo, createTestWorkspace, plain } from '../testing.ts';

const change = async (workspace: Workspace, repo: string, base: string, files: Record<string, string>) => {
  const tree = await workspace.open({ repo, base, ...plain });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(tree.dir, path), text);
  const made = await tree.commit({ subject: 'Change it', trailers: { 'Hive-Task': 't1' } });
  await tree.remove();
  if (!made) throw new Error('nothing was committed');
  return made.commit;
};

const lines = (...changes: [number, string][]) =>
  Array.from({ length: 9 }, (_, index) => changes.find(([at]) => at === index)?.[1] ?? `line ${index}`).join('\n') +
  '\n';

test('a change of another place in the same file, and of a binary file, is put on top with its message', async () => {
  const user = createTestRepo({ 'a.txt': lines(), 'bin.dat': '\0one' });
  const { workspace } = createTestWorkspace();
  const onto = await change(workspace, user.root, user.first, { 'a.txt': lines([0, 'first']), 'new.txt': 'n' });
  const commit = await change(workspace, user.root, user.first, { 'a.txt': lines([8, 'last']), 'bin.dat': '\0two' });
  const moved = await workspace.rebase({ repo: user.root, commit, onto, signal: calm });
  await workspace.deliver({
    repo: user.root,
    branch: 'hive/x-00000000',
    from: null,
    to: moved.commit,
    into: null,
    move: 'task/1',
    notes: [
      {
        commit: moved.commit,
        evidence: {
          base: onto,
          head: moved.commit,
          tree: moved.tree,
          patch: '0'.repeat(64),
          author: 'human',
          commands: [],
          redBefore: 'red',
          greenAfter: true,
          checkedBy: { agent: 'a', host: 'h' },
          sandbox: 'none',
          at: '2026-01-01T00:00:00.000Z',
        },
      },
    ],
  });
  expect(user.git('show', `${moved.commit}:a.txt`)).toBe(lines([0, 'first'], [8, 'last']).trim());
  expect(user.git('log', '-1', '--format=%P %s %(trailers:key=Hive-Task,valueonly)', moved.commit)).toBe(
    `${onto} Change it t1`,
  );
  expect(Buffer.from(moved.patch).toString()).not.toContain('new.txt');
});

test('a change of the same lines is a conflict that names the files', async () => {
  const user = createTestRepo({ 'a.txt': lines(), 'b.txt': 'b\n' });
  const { workspace } = createTestWorkspace();
  const onto = await change(workspace, user.root, user.first, { 'a.txt': lines([4, 'theirs']), 'added.txt': 'x\n' });
  const same = await change(workspace, user.root, user.first, { 'a.txt': lines([4, 'ours']), 'b.txt': 'B\n' });
  const rebase = (commit: string) => workspace.rebase({ repo: user.root, commit, onto, signal: calm });
  const text = '<<<<<<< branch\ntheirs\n||||||| base\nline 4\n=======\nours\n>>>>>>> change';
  await expect(rebase(same)).rejects.toMatchObject({
    code: 'patch.conflict',
    details: { files: ['a.txt'], conflicts: [{ file: 'a.txt', text }] },
  });
  const added = await change(workspace, user.root, user.first, { 'added.txt': 'y\n' });
  await expect(rebase(added)).rejects.toMatchObject({ code: 'patch.conflict', details: { files: ['added.txt'] } });
  const again = await change(workspace, user.root, user.first, { 'a.txt': lines([4, 'theirs']) });
  await expect(rebase(again)).rejects.toMatchObject({ code: 'patch.empty' });
});
