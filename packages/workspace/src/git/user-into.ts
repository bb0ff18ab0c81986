import { checkedOut } from '../door/repo.ts';
import type { Delivery } from '../port.ts';
import { isThere, type DeliveryPlace } from './delivery-place.ts';
import { writingTo } from './mirror.ts';
import { gitList } from './git.ts';
import { isAncestor, readRef, swapRefs } from './refs.ts';

/** A branch of the user's own, which is fast-forwarded to what {@link userBranch} has brought; in any other case it is left alone. */
export const userInto: DeliveryPlace<NonNullable<Delivery['into']>> = { deliver: (...given) => forward(...given) };

const forward: typeof userInto.deliver = async ({ user }, { branch, base }, { to }) => {
  const { gitDir } = user;
  const ref = `refs/heads/${branch}`;
  const current = await readRef(gitDir, ref);
  if (current === null) return `${branch} does not exist; make it with: git branch ${quoted(branch)} ${to}`;
  if (current === to || (await isAncestor(gitDir, to, current))) return isThere;
  if ((await checkedOut(user)).includes(branch))
    return `${branch} is checked out and was left alone; take the change there with: git merge --ff-only ${to}`;
  const take = `take the change with: git switch ${quoted(branch)} && git merge ${to}`;
  if (!(await isAncestor(gitDir, current, to)))
    return `${branch} has moved off the line of ${base.slice(0, 8)} and was left alone; ${take}`;
  // Else what is between the two would go in with it, although nobody handed that in.
  const isBehind = (await isAncestor(gitDir, base, to)) && !(await isAncestor(gitDir, base, current));
  if (isBehind) return `${branch} lacks ${base.slice(0, 8)}, which the change was made on, and was left alone; ${take}`;
  if (!(await isOfOne(gitDir, { from: current, to })))
    return `${branch} was moved back behind what others had put there and was left alone; ${take}`;
  if (await swapRefs(writingTo(user), [{ ref, to, from: current }])) return isThere;
  return `${branch} was moved by somebody else at the same moment and was left alone; ${take}`;
};

/**
 * Whether all that would be new there is of one workflow. Below its commits may be those of others that have been there: who has taken them out again does not want
 * them back.
 */
const isOfOne = async (
  gitDir: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<boolean> => {
  const trailer = '%(trailers:key=Hive-Correlation-Id,valueonly,separator=%x2C)';
  const args = ['log', '-z', '--first-parent', `--format=of ${trailer}`, `${from}..${to}`, '--'];
  return new Set(await gitList(args, { gitDir })).size <= 1;
};

const quoted = (name: string) => (/^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`);
