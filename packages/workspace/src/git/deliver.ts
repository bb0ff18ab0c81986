import { HiveError } from '@hive/errors';
import { failpoint } from '@hive/failpoints';
import type { Delivery, MoveToGiveUp } from '../port.ts';
import type { Mirror } from './mirror.ts';
import { movedAway } from './moved-away.ts';
import { isAncestor, readRef, swapRefs } from './refs.ts';
import { gitText } from './git.ts';
import { tipOf } from './tip.ts';
import { userBranch } from './user-branch.ts';
import { userInto } from './user-into.ts';

/**
 * Moves the branch in the mirror, and hands it to its places: the branch with its notes in the user's repository, then the named branch.
 * Every step asks first whether it has been done, so the whole may be repeated after any interruption.
 */
export const deliver = async (mirror: Mirror, delivery: Delivery): Promise<{ into: string | null }> => {
  const { branch, from, to, into, move } = delivery;
  await mirror.bring(to);
  await assertStandsWhereLeft(mirror, delivery);
  await moveOwn(mirror.gitDir, `refs/heads/${branch}`, { from, to, move });
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

/** Compare-and-swap in the mirror; nothing to do when the branch holds `to` already. One transaction with the look whether it was given up. */
const moveOwn = async (
  gitDir: string,
  ref: string,
  { from, to, move }: Pick<Delivery, 'from' | 'to' | 'move'>,
): Promise<void> => {
  if (await swapRefs({ gitDir }, [{ ref, to, from }], [givenUp(move)])) return;
  const current = await readRef(gitDir, ref);
  if (await holds(gitDir, current, to)) return;
  if (await readRef(gitDir, givenUp(move)))
    throw new HiveError('lease.lost', `The move of ${ref} to ${to.slice(0, 8)} was given up`);
  throw movedAway(ref, current, { from, to });
};

/**
 * Sees to it that a move is not made any more, by nobody who still has it in hand: the mark and the move exclude each other. False where it was made before.
 */
export const giveUp = async (mirror: Mirror, { branch, to, move }: MoveToGiveUp): Promise<boolean> => {
  const { gitDir } = mirror;
  const ref = givenUp(move);
  // A mark says all by being there.
  const mark = await gitText(['hash-object', '-w', '--stdin'], { gitDir, input: '' });
  const isMarked = await swapRefs({ gitDir }, [{ ref, to: mark, from: null }]);
  if (!isMarked && !(await readRef(gitDir, ref)))
    throw new HiveError('infra.git', `The move to ${to.slice(0, 8)} could not be given up`, { remedy: 'retry' });
  const { user } = mirror;
  // A mirror that was made again may know what the user has put on top of it and not the commit itself.
  return !(
    (await holds(gitDir, await tipOf(mirror, branch), to)) ||
    (await holds(user.gitDir, await readRef(user.gitDir, `refs/heads/${branch}`), to))
  );
};

const givenUp = (move: string): string => `refs/hive/given-up/${move}`;

const holds = async (gitDir: string, current: string | null, to: string): Promise<boolean> =>
  current !== null && (current === to || (await isAncestor(gitDir, to, current)));
