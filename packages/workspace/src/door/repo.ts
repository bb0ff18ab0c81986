import { realpath } from 'node:fs/promises';
import { HiveError } from '@hive/errors';
import { findGitDir } from '../git/find-git-dir.ts';
import { git, gitText } from '../git/git.ts';
import { isWithin } from '../is-within.ts';
import type { Repo } from '../port.ts';

/** Finds the repository that `dir` is in, from any folder below its top. Throws `repo.invalid` or `repo.no_commits`. */
export const openRepo = async (dir: string): Promise<Repo> => {
  const found = await findGitDir(dir);
  if (!found)
    throw new HiveError('repo.invalid', `${dir} is not in a git repository; give one with --repo DIR`, {
      details: { dir },
    });
  const head = await resolve(found.gitDir, 'HEAD');
  if (!head)
    throw new HiveError('repo.no_commits', `${found.root} has no commit yet; commit something first`, {
      details: { dir },
    });
  const ref = await git(['symbolic-ref', '--quiet', 'HEAD'], { gitDir: found.gitDir, ok: [0, 1] });
  return { ...found, head, headRef: ref.code === 0 ? ref.stdout.toString('utf8').trim() : null };
};

/** Refuses a HIVE_HOME inside of the repository under work: Hive's state would become part of what it works on. */
export const assertHomeOutside = async (home: string, repo: Repo): Promise<void> => {
  const real = await realpath(home).catch(() => home);
  if (!isWithin(real, repo.root)) return;
  throw new HiveError(
    'repo.invalid',
    `HIVE_HOME (${home}) is inside of the repository ${repo.root}; set HIVE_HOME to a folder elsewhere`,
    { details: { home, root: repo.root } },
  );
};

/** The commit that a name means in this repository; HEAD when there is no name. Throws `repo.base_unknown`. */
export const resolveBase = async (repo: Repo, ref: string | undefined): Promise<string> => {
  if (ref === undefined) return repo.head;
  const sha = await resolve(repo.gitDir, ref);
  if (sha) return sha;
  throw new HiveError('repo.base_unknown', `${repo.root} has no commit named ${ref}`, { details: { ref } });
};

/** The full name of a commit, or null. */
export const resolve = async (gitDir: string, name: string): Promise<string | null> => {
  const found = await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`], {
    gitDir,
    ok: [0, 1, 128],
  });
  return found.code === 0 ? found.stdout.toString('utf8').trim() : null;
};

/** Short names of the branches that are checked out in any worktree of the repository. */
export const checkedOut = async (repo: Pick<Repo, 'gitDir'>): Promise<string[]> => {
  const listing = await gitText(['worktree', 'list', '--porcelain'], { gitDir: repo.gitDir });
  return [...listing.matchAll(/^branch refs\/heads\/(.+)$/gm)].map((match) => match[1] ?? '');
};
