import type { Evidence } from '@hive/events';
import { expect, test } from 'vitest';
import { openRepo } from '../door/repo.ts';
import { evidenceDigest, evidenceText } from '../evidence-text.ts';
import { calm, createTestRepo, createTestWorkspace } from '../testing.ts';
import { againstGit } from './facts.ts';
import { notedCommits, readMerged } from './read-record.ts';

/** A change that was proven, sealed and delivered. */
const merged = async () => {
  const user = createTestRepo({ 'a.txt': '1\n' });
  const head = user.commit({ 'a.txt': '2\n' }, 'two');
  const { workspace } = createTestWorkspace();
  const { evidence } = await workspace.prove({
    ...{ repo: user.root, base: user.first, head, author: 'human', setup: null, tests: undefined, passEnv: [] },
    ...{ checks: [{ name: 'c', argv: ['grep', '2', 'a.txt'], source: 'given' }], redBefore: 'needed', agent: 'w' },
    ...{ timeoutMs: 10_000, signal: calm },
  });
  const commit = await workspace.seal({ repo: user.root, commit: head, parents: [user.first], evidence });
  await workspace.deliver({
    repo: user.root,
    branch: 'hive/x-1',
    from: null,
    to: commit,
    move: 'task/1',
    notes: [{ commit, evidence }],
    into: null,
  });
  return { user, repo: await openRepo(user.root), commit, evidence };
};

test('a delivered commit carries its note and the digest of it, and git agrees with the record', async () => {
  const { repo, commit, evidence, user } = await merged();
  const read = await readMerged(repo, commit);
  expect(read).toMatchObject({ commit, parents: [user.first], subject: 'two', note: evidenceText(evidence) });
  expect(read.digests).toEqual([evidenceDigest(read.note ?? '')]);
  expect(await notedCommits(repo)).toEqual([commit]);
  expect(await againstGit(repo, read, evidence)).toEqual([]);
  expect(await readMerged(repo, user.first)).toMatchObject({ note: null, digests: [] });
});

test.each([
  ['tree', { tree: '0'.repeat(40) }, /has the tree .* the record is about 000000000000/],
  ['base', { base: '0'.repeat(40) }, /stands on .* was checked on 000000000000/],
  ['patch', { patch: '0'.repeat(64) }, /the record says 000000000000/],
] satisfies [string, Partial<Evidence>, RegExp][])(
  'a record with another %s does not fit git',
  async (_, more, sentence) => {
    const { repo, commit, evidence } = await merged();
    expect(await againstGit(repo, await readMerged(repo, commit), { ...evidence, ...more })).toEqual([
      expect.stringMatching(sentence) as string,
    ]);
  },
);
