import { setTimeout as delay } from 'node:timers/promises';
import { HiveError } from '@hive/errors';
import { failpoint } from '@hive/failpoints';
import { checkedOut } from '../door/repo.ts';
import { evidenceText } from '../evidence-text.ts';
import type { Delivery } from '../port.ts';
import type { GitOptions } from './git.ts';
import type { Mirror, User } from './mirror.ts';
import { moveInto } from './move-into.ts';
import { haveNotes, notesOnTop, notesRef } from './notes.ts';
import { isAncestor, readRef, readRefs, swapRefs, type Move } from './refs.ts';

/**
 * Moves the branch in the mirror, and hands branch and note to the user's repository, both in one transaction.
 * Every step asks first whether it has been done, so the whole may be repeated after any interruption.
 */
export const deliver = async (mirror: Mirror, delivery: Delivery): Promise<{ into: string | null }> => {
  const { branch, from, to, into } = delivery;
  await mirror.bring(to);
  await assertStandsWhereLeft(mirror, delivery);
  await moveOwn(mirror.gitDir, `refs/heads/${branch}`, { from, to });
  await failpoint('merge.ref.moved');
  await moveUsers(mirror, delivery);
  await failpoint('merge.delivered');
  return { into: into && (await moveInto(mirror.user, writing(mirror.user), into, to)) };
};

/** Before anything moves: a commit that can never be handed over must not become the base of later merges. */
const assertStandsWhereLeft = async (mirror: Mirror, { branch, from, to }: Delivery): Promise<void> => {
  const ref = `refs/heads/${branch}`;
  const current = await readRef(mirror.user.gitDir, ref);
  if (current === null || current === from || current === to) return;
  const isOnLine = async (gitDir: string) =>
    (await isAncestor(gitDir, to, current)) || (await isAncestor(gitDir, current, to));
  if ((await isOnLine(mirror.user.gitDir)) || (await isOnLine(mirror.gitDir))) return;
  throw moved(ref, current, { from, to });
};

const writing = (user: User): GitOptions => ({ gitDir: user.gitDir, ...(user.owner && { owner: user.owner }) });

/** Compare-and-swap in the mirror; nothing to do when the branch holds `to` already. */
const moveOwn = async (
  gitDir: string,
  ref: string,
  { from, to }: { from: string | null; to: string },
): Promise<void> => {
  if (await swapRefs({ gitDir }, [{ ref, to, from }])) return;
  const current = await readRef(gitDir, ref);
  if (current !== null && (current === to || (await isAncestor(gitDir, to, current)))) return;
  throw moved(ref, current, { from, to });
};

/** Many workflows share the notes: who loses the swap reads again and repeats. */
const moveUsers = async (mirror: Mirror, { branch, from, to, notes: told }: Delivery): Promise<void> => {
  const { user } = mirror;
  const ref = `refs/heads/${branch}`;
  const texts = new Map(told.map(({ commit, evidence }) => [commit, evidenceText(evidence)]));
  for (let attempt = 0; attempt < 30; attempt++) {
    const refs = await readRefs(user.gitDir, [ref, notesRef]);
    const current = refs.get(ref) ?? null;
    const notes = refs.get(notesRef) ?? null;
    const isThere = current !== null && (current === to || (await isAncestor(user.gitDir, to, current)));
    if (isThere && (await haveNotes(user.gitDir, texts))) return;
    if (!isThere) {
      if (current !== null && current !== from && !(await isAncestor(user.gitDir, current, to)))
        throw moved(ref, current, { from, to });
      await refuseCheckedOut(user, branch);
    }
    const noted = await notesOnTop(mirror, notes, texts);
    await failpoint('merge.noted');
    await mirror.give(
      [to, noted],
      [from, current, notes].filter((sha) => sha !== null),
    );
    const moves: Move[] = [{ ref: notesRef, to: noted, from: notes }, ...(isThere ? [] : [{ ref, to, from: current }])];
    if (await swapRefs(writing(user), moves)) return;
    await delay(Math.random() * 20 * (attempt + 1));
  }
  throw new HiveError(
    'infra.git',
    `${ref} of ${user.root} could not be moved: another program holds it or ${notesRef}`,
    {
      remedy: 'retry',
    },
  );
};

const moved = (ref: string, current: string | null, { from, to }: { from: string | null; to: string }) =>
  new HiveError(
    'infra.git',
    `${ref} stands at ${current?.slice(0, 8) ?? 'nothing'}, which is not where Hive left it; rename that branch and retry`,
    { details: { ref, current, from, to } },
  );

/** A checked-out branch is not moved: the files in front of the user would differ from it without their doing. */
const refuseCheckedOut = async (user: User, branch: string): Promise<void> => {
  if (!(await checkedOut(user)).includes(branch)) return;
  throw new HiveError(
    'branch.checked_out',
    `${branch} is checked out in ${user.root} or one of its worktrees, so it cannot be moved; switch to another branch there`,
    { remedy: 'retry', retryAfterMs: 5000, details: { branch } },
  );
};
