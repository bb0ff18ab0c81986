import { git } from './git.ts';
import type { Mirror } from './mirror.ts';
import type { Landing } from '../port.ts';
import { isAncestor, readRef } from './refs.ts';
import { tipOf } from './tip.ts';

/** More commits than these between two lines are not compared one by one. */
const mostCompared = 500;

/**
 * Where the next change of `branch` goes on top of so that `into`, a branch of the user's own, can be fast-forwarded to it. That is `into` itself
 * where it holds all that the branch holds: what has moved on is then what the change is proven on.
 */
export const landingOf = async (
  mirror: Mirror,
  { branch, base, into, merged }: Parameters<Landing>[0],
): ReturnType<Landing> => {
  const { gitDir } = mirror.user;
  const tip = await tipOf(mirror, branch);
  const own = tip ?? base;
  const target = await readRef(gitDir, `refs/heads/${into}`);
  if (target === null || target === own) return { onto: own, lacks: [] };
  if (await isAncestor(gitDir, own, target)) return { onto: target, lacks: [] };
  if (tip !== null) return { onto: own, lacks: [] };
  const there: string[] = [];
  for (const { commit, as } of merged) if (await isAncestor(gitDir, as, target)) there.push(commit);
  const lacks = await lackingIn(gitDir, target, { of: base, there });
  return { onto: lacks.length === 0 ? target : own, lacks };
};

/** What is in the history of `of` and neither in that of `target` nor there as an equal change; newest first, and at most so many. */
const lackingIn = async (
  gitDir: string,
  target: string,
  { of, there }: { readonly of: string; readonly there: readonly string[] },
): Promise<readonly string[]> => {
  const list = async (...args: string[]) => {
    const range = [`${target}...${of}`, ...there.map((sha) => `^${sha}`)];
    const found = await git(['rev-list', ...args, ...range, '--'], { gitDir, ok: [0, 128] });
    // A partial clone has not all that an equal change is known by.
    return found.code === 0 ? found.stdout.toString('utf8').split('\n').filter(Boolean) : null;
  };
  const apart = await list(`--max-count=${mostCompared + 1}`);
  const equal = apart && apart.length <= mostCompared ? await list('--right-only', '--cherry-pick') : null;
  return equal ?? (await list('--right-only', `--max-count=${mostCompared}`)) ?? [of];
};
