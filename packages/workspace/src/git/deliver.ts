import { HiveError } from '@hive/errors';
import { checkedOut } from '../door/repo.ts';
import type { Delivery } from '../port.ts';
import type { GitOptions } from './git.ts';
import type { Mirror, User } from './mirror.ts';
import { deliverNote } from './notes.ts';
import { isAncestor, readRef, swapRef } from './refs.ts';

/**
 * Moves the branch in the mirror, writes the note, and hands both to the user's repository. Every step asks first whether
 * it has been done, so the whole may be repeated after any interruption.
 */
export const deliver = async (mirror: Mirror, delivery: Delivery): Promise<{ into: string | null }> => {
  const { branch, from, to, into } = delivery;
  await mirror.bring(to);
  await moveRef({ gitDir: mirror.gitDir }, `refs/heads/${branch}`, to, from);
  await mirror.give(to, from);
  await refuseCheckedOut(mirror.user, branch, to);
  await moveRef(writing(mirror.user), `refs/heads/${branch}`, to, from);
  await deliverNote(mirror, to, `${JSON.stringify(delivery.evidence)}\n`);
  return { into: into && (await moveInto(mirror.user, into, to)) };
};

type Writing = GitOptions & { readonly gitDir: string };

const writing = (user: User): Writing => ({ gitDir: user.gitDir, ...(user.owner && { owner: user.owner }) });

/** Compare-and-swap that is already satisfied when the ref holds `to`. A branch behind `to`, or deleted, is brought up. */
const moveRef = async (options: Writing, ref: string, to: string, from: string | null): Promise<void> => {
  const { gitDir } = options;
  const current = await readRef(gitDir, ref);
  if (current !== null && (current === to || (await isAncestor(gitDir, to, current)))) return;
  if (current !== null && current !== from && !(await isAncestor(gitDir, current, to)))
    throw new HiveError(
      'infra.git',
      `${ref} stands at ${current.slice(0, 8)}, which is not a state that Hive left it in; rename that branch and retry`,
      { details: { ref, current, from, to } },
    );
  await swapRef(options, ref, to, current);
};

/** A checked-out branch is not moved: the files in front of the user would differ from it without their doing. */
const refuseCheckedOut = async (user: User, branch: string, to: string): Promise<void> => {
  if (!(await checkedOut(user)).includes(branch)) return;
  const current = await readRef(user.gitDir, `refs/heads/${branch}`);
  if (current === to) return;
  throw new HiveError(
    'branch.checked_out',
    `${branch} is checked out in ${user.root} or one of its worktrees, so it cannot be moved; switch to another branch there`,
    { remedy: 'retry', retryAfterMs: 5000, details: { branch } },
  );
};

/** A fast-forward of the user's own branch; else the sentence that says why not and how to take the change. */
const moveInto = async (user: User, { branch, base }: NonNullable<Delivery['into']>, to: string): Promise<string> => {
  const ref = `refs/heads/${branch}`;
  const current = await readRef(user.gitDir, ref);
  if (current === to) return 'moved';
  if (current === null) return `${branch} does not exist; make it with: git branch ${quoted(branch)} ${to}`;
  if (await isAncestor(user.gitDir, to, current)) return 'moved';
  if ((await checkedOut(user)).includes(branch))
    return `${branch} is checked out and was not moved; take the change with: git merge --ff-only ${to}`;
  const onLine = (await isAncestor(user.gitDir, base, current)) && (await isAncestor(user.gitDir, current, to));
  const merge = `git switch ${quoted(branch)} && git merge ${to}`;
  if (!onLine)
    return `${branch} has moved off the line of ${base.slice(0, 8)} and was left alone; take the change with: ${merge}`;
  try {
    await swapRef(writing(user), ref, to, current);
    return 'moved';
  } catch {
    return `${branch} was moved by somebody else at the same moment and was left alone; take the change with: ${merge}`;
  }
};

const quoted = (name: string) => (/^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`);
