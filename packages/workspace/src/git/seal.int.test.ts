import type { Evidence } from '@hive/events';
import { expect, test } from 'vitest';
import { evidenceDigest, evidenceText } from '../evidence-text.ts';
import { createTestRepo, createTestWorkspace, plain } from '../testing.ts';
import { git, gitText } from './git.ts';
import { openMirror } from './mirror.ts';
import { sealCommit } from './seal.ts';

const evidence: Evidence = {
  base: '1'.repeat(40),
  head: '2'.repeat(40),
  tree: '3'.repeat(40),
  patch: 'a'.repeat(64),
  author: 'human',
  commands: [],
  redBefore: 'not_needed',
  greenAfter: true,
  checkedBy: { agent: 'a', host: 'h' },
  sandbox: 'none',
  at: '2026-01-02T03:04:05.678Z',
};
const line = `Hive-Evidence: sha256:${evidenceDigest(evidenceText(evidence))}`;

test('the merged commit has tree and message of the proven one and names its evidence; made again it is the same', async () => {
  const user = createTestRepo({ 'a.txt': 'a\n' });
  const { home, workspace } = createTestWorkspace();
  await workspace.open({ repo: user.root, base: user.first, ...plain });
  const mirror = await openMirror(home, user.root);
  const { gitDir } = mirror;
  const sealed = async (message: string, parents: readonly string[] = [user.first]) => {
    const args = ['commit-tree', '-p', user.first, `${user.first}^{tree}`];
    const commit = await gitText(args, { gitDir, input: message });
    const made = await sealCommit(mirror, { commit, parents, evidence });
    expect(await sealCommit(mirror, { commit, parents, evidence })).toBe(made);
    expect(await gitText(['rev-parse', `refs/hive/commits/${made}`], { gitDir })).toBe(made);
    return (await gitText(['cat-file', '-p', made], { gitDir })).split('\n\n');
  };
  const [head, ...paragraphs] = await sealed(
    'Add it\n\nNote: that is prose\nof two lines\n\nHive-Task: t1\nHive-Author: human\n',
  );
  expect(paragraphs).toEqual([
    'Add it',
    'Note: that is prose\nof two lines',
    `Hive-Task: t1\nHive-Author: human\n${line}`,
  ]);
  expect(head).toContain(`parent ${user.first}\nauthor Hive <hive@localhost> 1767323045 +0000`);
  // What a forged or older one says is gone.
  const forged = `Hive-Evidence: sha256:${'0'.repeat(64)}`;
  expect((await sealed(`Add it\n\nHive-Task: t1\n${forged}\n`)).at(-1)).toBe(`Hive-Task: t1\n${line}`);
  expect((await sealed('fix: it\n')).slice(1)).toEqual(['fix: it', line]);
  const other = await gitText(['commit-tree', `${user.first}^{tree}`], { gitDir, input: 'Other\n' });
  expect((await sealed('Add it\n', [user.first, other]))[0]).toContain(`parent ${user.first}\nparent ${other}\n`);
  expect((await git(['fsck', '--strict'], { gitDir })).code).toBe(0);
});
