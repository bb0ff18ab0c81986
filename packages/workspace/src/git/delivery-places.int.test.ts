import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence } from '@hive/events';
import type { Delivery } from '../port.ts';
import { createTestRepo, createTestWorkspace, fingerprint, plain } from '../testing.ts';
import { deliveryContract, type PlaceUnderTest } from '../testing/delivery-contract.ts';
import { openMirror } from './mirror.ts';
import { readRef } from './refs.ts';
import { userBranch } from './user-branch.ts';
import { userInto } from './user-into.ts';

const own = 'hive/test-00000000';

const evidenceOf = (commit: string): Evidence => ({
  ...{ base: commit, head: commit, tree: commit, patch: '0'.repeat(64), author: 'human', commands: [] },
  ...{ redBefore: 'not_needed', greenAfter: true, sandbox: 'none', at: '2026-01-01T00:00:00.000Z' },
  checkedBy: { agent: 'a', host: 'h' },
});

/** A repository with a line of three commits of Hive's, of which the user has the first. */
const withLine = async () => {
  const user = createTestRepo({ 'a.txt': 'a\n' });
  const { workspace, home } = createTestWorkspace();
  const next = async (base: string, text: string): Promise<string> => {
    const tree = await workspace.open({ repo: user.root, base, ...plain });
    writeFileSync(join(tree.dir, 'a.txt'), text);
    const made = await tree.commit({ subject: text.trim(), trailers: {} });
    await tree.remove();
    if (!made) throw new Error('nothing was committed');
    return made.commit;
  };
  const second = await next(user.first, 'b\n');
  const third = await next(second, 'c\n');
  user.git('branch', 'release', user.first);
  const foreign = user.commit({ 'x.txt': 'x\n' }, 'Foreign');
  return { user, mirror: await openMirror(home, user.root), line: [user.first, second, third] as const, foreign };
};

const underTest = async (
  branch: string,
  deliver: (of: Awaited<ReturnType<typeof withLine>>, delivery: Delivery) => Promise<string>,
): Promise<PlaceUnderTest> => {
  const all = await withLine();
  const { user, mirror, line, foreign } = all;
  return {
    ...{ line, foreign },
    deliver: ({ from, to }) =>
      deliver(all, {
        repo: user.root,
        branch: own,
        from,
        to,
        move: 'task/1',
        notes: [{ commit: to, evidence: evidenceOf(to) }],
        into: null,
      }),
    standsAt: () => readRef(mirror.user.gitDir, `refs/heads/${branch}`),
    put: (commit) => Promise.resolve(void user.git('update-ref', `refs/heads/${branch}`, commit)),
    untouched: () =>
      Object.entries(fingerprint(user.root)).filter(
        ([path]) => !/^\.git\/(?:objects|refs|packed-refs|logs\/refs)/.test(path),
      ),
  };
};

deliveryContract('the branch in the repository of the user', () =>
  underTest(own, ({ mirror }, delivery) => userBranch.deliver(mirror, own, delivery)),
);

deliveryContract('a named branch', () =>
  underTest('release', async ({ mirror, line }, delivery) => {
    await userBranch.deliver(mirror, own, delivery);
    return userInto.deliver(mirror, { branch: 'release', base: line[0] }, delivery);
  }),
);
