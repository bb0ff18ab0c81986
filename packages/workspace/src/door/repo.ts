import { constants } from 'node:fs';
import { access, realpath } from 'node:fs/promises';
import { resolve as resolvePath } from 'node:path';
import { HiveError } from '@hive/errors';
import { findGitDir } from '../git/find-git-dir.ts';
import { git, gitText } from '../git/git.ts';
import { isWithin } from '../is-within.ts';
import type { Repo } from '../port.ts';

/** Finds the repository that `dir` is in, from any folder below its top. Throws `repo.invalid` or `repo.no_commits`. */
export const openRepo = async (dir: string): Promise<Repo> => {
  const found = await findGitDir(dir);
  if (!found)
    throw new HiveError(
      'repo.invalid',
      `${dir} is not in a git repository; name a folder of one, on the command line with --repo`,
      {
        details: { dir },
      },
    );
  const head = await resolve(found.gitDir, 'HEAD');
  if (!head) await assertReadable(found);
  if (!head)
    throw new HiveError('repo.no_commits', `${found.root} has no commit yet; commit something first`, {
      details: { dir },
    });
  const ref = await git(['symbolic-ref', '--quiet', 'HEAD'], { gitDir: found.gitDir, ok: [0, 1] });
  return { ...found, head, headRef: ref.code === 0 ? ref.stdout.toString('utf8').trim() : null };
};

/** Tells a repository that this git does not open (a broken setting, an extension that it does not know) from one without commits. */
const assertReadable = async ({ root, gitDir }: Pick<Repo, 'root' | 'gitDir'>): Promise<void> => {
  const opened = await git(['rev-parse', '--git-dir'], { gitDir, ok: [0, 1, 128] });
  if (opened.code === 0) return;
  const why = opened.stderr
    .replace(/^fatal: /, '')
    .replace(/\s+/g, ' ')
    .trim();
  throw new HiveError('repo.invalid', `git cannot read the repository ${root}: ${why}`, { details: { root } });
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

/** Refuses a repository that Hive could read but not deliver to: the work would be done for nothing. */
export const assertWritable = async ({ root, gitDir }: Pick<Repo, 'root' | 'gitDir'>): Promise<void> => {
  for (const place of ['objects', 'refs/heads']) {
    const path = resolvePath(gitDir, await gitText(['rev-parse', '--git-path', place], { gitDir }));
    await access(path, constants.W_OK).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return; // not every store of refs has it
      throw new HiveError(
        'repo.invalid',
        `${root} cannot be written by the user that Hive runs as, so no branch could be delivered there; give that user ${path}, or work on a clone`,
        { details: { root, path } },
      );
    });
  }
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

const mostBranches = 200;

/** Short names of the branches but for those that Hive made, the one with the newest commit first; at most 200. */
export const branchesOf = async (repo: Pick<Repo, 'gitDir'>): Promise<string[]> => {
  const listing = await gitText(
    ['for-each-ref', '--sort=-committerdate', '--format=%(refname:lstrip=2)', '--', 'refs/heads'],
    { gitDir: repo.gitDir },
  );
  return listing
    .split('\n')
    .filter((name) => name !== '' && !name.startsWith('hive/'))
    .slice(0, mostBranches);
};

/** Short names of the branches that are checked out in any worktree of the repository. */
export const checkedOut = async (repo: Pick<Repo, 'gitDir'>): Promise<string[]> => {
  const listing = await gitText(['worktree', 'list', '--porcelain'], { gitDir: repo.gitDir });
  return [...listing.matchAll(/^branch refs\/heads\/(.+)$/gm)].map((match) => match[1] ?? '');
};
