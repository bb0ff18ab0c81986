import { HiveError } from '@hive/errors';
import type { Change } from '../door/change-of.ts';
import { resolve } from '../door/repo.ts';
import { diffOf } from '../git/diff.ts';
import { git, gitText } from '../git/git.ts';
import { readRef } from '../git/refs.ts';
import { weighChange } from '../git/weigh-change.ts';
import type { Repo } from '../port.ts';
import type { Quarantine } from './open-quarantine.ts';

/** A pushed commit as a change on a base that the user's repository has. */
export type PushedChange = Change & {
  readonly tip: string;
  /** How many commits it is made of. */
  readonly commits: number;
};

/**
 * What a pushed commit changes on a branch: all since its merge base with the branch, or its last commit when the branch has all of it
 * already. Throws sentences for whoever pushes.
 */
export const pushedChange = async (
  { gitDir }: Quarantine,
  { repo, branch, sha }: { readonly repo: Pick<Repo, 'gitDir'>; readonly branch: string; readonly sha: string },
): Promise<PushedChange> => {
  const tip = await resolve(gitDir, sha);
  if (tip === null) throw invalid('Only commits can be handed in, and this is none');
  const onto = await readRef(repo.gitDir, `refs/heads/${branch}`);
  if (onto === null) throw invalid(await noBranch(repo, branch));
  const base = await baseOf(gitDir, { tip, onto, branch });
  await weighChange(gitDir, { from: base, to: tip });
  const [patch, title, count] = await Promise.all([
    diffOf(gitDir, base, tip),
    gitText(['log', '-1', '--format=%s', tip, '--'], { gitDir }),
    gitText(['rev-list', '--count', tip, `^${base}`, '--'], { gitDir }),
  ]);
  return { base, tip, patch, title: title || tip.slice(0, 12), commits: Number(count) };
};

const baseOf = async (
  gitDir: string,
  { tip, onto, branch }: { readonly tip: string; readonly onto: string; readonly branch: string },
): Promise<string> => {
  const merged = await git(['merge-base', tip, onto], { gitDir, ok: [0, 1] });
  const base = merged.stdout.toString('utf8').trim();
  if (base === '') throw invalid(`It has no commit in common with ${branch}`);
  if (base !== tip) return base;
  const parent = await resolve(gitDir, `${tip}^1`);
  if (parent !== null) return parent;
  throw invalid(`${branch} has all of it, and it has no parent here to compare with`);
};

const shownBranches = 5;

const noBranch = async ({ gitDir }: Pick<Repo, 'gitDir'>, branch: string): Promise<string> => {
  const list = await gitText(['for-each-ref', '--format=%(refname:lstrip=2)', '--', 'refs/heads'], { gitDir });
  const names = list.split('\n').filter((name) => name !== '' && !name.startsWith('hive/'));
  const more = names.length > shownBranches ? ', …' : '';
  return `There is no branch ${branch} here to hand it in for; push to refs/for/ and one of: ${names.slice(0, shownBranches).join(', ')}${more}`;
};

const invalid = (message: string) => new HiveError('input.invalid', message);
