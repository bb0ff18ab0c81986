import { setTimeout as delay } from 'node:timers/promises';
import { HiveError } from '@hive/errors';
import { failpoint } from '@hive/failpoints';
import { checkedOut } from '../door/repo.ts';
import { evidenceText } from '../evidence-text.ts';
import { isThere as there, type DeliveryPlace } from './delivery-place.ts';
import { movedAway } from './moved-away.ts';
import { haveNotes, notesOnTop, notesRef } from './notes.ts';
import { isAncestor, readRefs, swapRefs, type Move } from './refs.ts';
import { writingTo, type User } from './mirror.ts';

/**
 * The branch of the workflow in the user's repository, with its notes: both in one transaction. Work must not go on from a commit that can never be handed over, so
 * a branch that somebody moved elsewhere is thrown.
 */
export const userBranch: DeliveryPlace<string> = { deliver: (...given) => hand(...given) };

/** Many workflows share the notes: who loses the swap reads again and repeats. */
const hand: DeliveryPlace<string>['deliver'] = async (mirror, branch, { from, to, notes: told }) => {
  const { user } = mirror;
  const ref = `refs/heads/${branch}`;
  const texts = new Map(told.map(({ commit, evidence }) => [commit, evidenceText(evidence)]));
  for (let attempt = 0; attempt < 30; attempt++) {
    const refs = await readRefs(user.gitDir, [ref, notesRef]);
    const current = refs.get(ref) ?? null;
    const notes = refs.get(notesRef) ?? null;
    const isThere = current !== null && (current === to || (await isAncestor(user.gitDir, to, current)));
    if (isThere && (await haveNotes(user.gitDir, texts))) return there;
    if (!isThere) {
      if (current !== null && current !== from && !(await isAncestor(user.gitDir, current, to)))
        throw movedAway(ref, current, { from, to });
      await refuseCheckedOut(user, branch);
    }
    const noted = await notesOnTop(mirror, notes, texts);
    await failpoint('merge.noted');
    await mirror.give(
      [to, noted],
      [from, current, notes].filter((sha) => sha !== null),
    );
    const moves: Move[] = [{ ref: notesRef, to: noted, from: notes }, ...(isThere ? [] : [{ ref, to, from: current }])];
    if (await swapRefs(writingTo(user), moves)) return there;
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

/** A checked-out branch is not moved: the files in front of the user would differ from it without their doing. */
const refuseCheckedOut = async (user: User, branch: string): Promise<void> => {
  if (!(await checkedOut(user)).includes(branch)) return;
  throw new HiveError(
    'branch.checked_out',
    `${branch} is checked out in ${user.root} or one of its worktrees, so it cannot be moved; switch to another branch there`,
    { remedy: 'retry', retryAfterMs: 5000, details: { branch } },
  );
};
