import { checkedOut } from '../door/repo.ts';
import type { Delivery } from '../port.ts';
import type { GitOptions } from './git.ts';
import type { User } from './mirror.ts';
import { isAncestor, readRef, swapRefs } from './refs.ts';

/** A fast-forward of the user's own branch: `moved`, or the sentence that says why not and how to take the change. */
export const moveInto = async (
  user: User,
  writing: GitOptions,
  { branch, base }: NonNullable<Delivery['into']>,
  to: string,
): Promise<string> => {
  const { gitDir } = user;
  const ref = `refs/heads/${branch}`;
  const current = await readRef(gitDir, ref);
  if (current === null) return `${branch} does not exist; make it with: git branch ${quoted(branch)} ${to}`;
  if (current === to || (await isAncestor(gitDir, to, current))) return 'moved';
  if ((await checkedOut(user)).includes(branch))
    return `${branch} is checked out and was left alone; take the change there with: git merge --ff-only ${to}`;
  const take = `take the change with: git switch ${quoted(branch)} && git merge ${to}`;
  const onLine = (await isAncestor(gitDir, base, current)) && (await isAncestor(gitDir, current, to));
  if (!onLine) return `${branch} has moved off the line of ${base.slice(0, 8)} and was left alone; ${take}`;
  if (await swapRefs(writing, [{ ref, to, from: current }])) return 'moved';
  return `${branch} was moved by somebody else at the same moment and was left alone; ${take}`;
};

const quoted = (name: string) => (/^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`);
