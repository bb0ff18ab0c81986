import { failpoint } from '@hive/failpoints';
import type { Delivery } from '../port.ts';
import type { Mirror } from './mirror.ts';
import { movedAway } from './moved-away.ts';
import { isAncestor, readRef, swapRefs } from './refs.ts';
import { userBranch } from './user-branch.ts';
import { userInto } from './user-into.ts';

/**
 * Moves the branch in the mirror, and hands it to its places: the branch with its notes in the user's repository, then the named branch.
 * Every step asks first whether it has been done, so the whole may be repeated after any interruption.
 */
export const deliver = async (mirror: Mirror, delivery: Delivery): Promise<{ into: string | null }> => {
  const { branch, from, to, into } = delivery;
  await mirror.bring(to);
  await assertStandsWhereLeft(mirror, delivery);
  await moveOwn(mirror.gitDir, `refs/heads/${branch}`, { from, to });
  await failpoint('merge.ref.moved');
  await userBranch.deliver(mirror, branch, delivery);
  await failpoint('merge.delivered');
  return { into: into && (await userInto.deliver(mirror, into, delivery)) };
};

/** Before anything moves: a commit that can never be handed over must not become the base of later merges. */
const assertStandsWhereLeft = async (mirror: Mirror, { branch, from, to }: Delivery): Promise<void> => {
  const ref = `refs/heads/${branch}`;
  const current = await readRef(mirror.user.gitDir, ref);
  if (current === null || current === from || current === to) return;
  const isOnLine = async (gitDir: string) =>
    (await isAncestor(gitDir, to, current)) || (await isAncestor(gitDir, current, to));
  if ((await isOnLine(mirror.user.gitDir)) || (await isOnLine(mirror.gitDir))) return;
  throw movedAway(ref, current, { from, to });
};

/** Compare-and-swap in the mirror; nothing to do when the branch holds `to` already. */
const moveOwn = async (
  gitDir: string,
  ref: string,
  { from, to }: { from: string | null; to: string },
): Promise<void> => {
  if (await swapRefs({ gitDir }, [{ ref, to, from }])) return;
  const current = await readRef(gitDir, ref);
  if (current !== null && (current === to || (await isAncestor(gitDir, to, current)))) return;
  throw movedAway(ref, current, { from, to });
};
