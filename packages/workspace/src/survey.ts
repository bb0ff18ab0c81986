import type { Check } from '@hive/events';
import { findChecks } from './door/find-checks.ts';
import { openMirror } from './git/mirror.ts';
import { git } from './git/git.ts';

/** What a planner may know of a repository without opening a file: the paths of a commit, the commands that test it, and the last subjects. */
export type Survey = {
  readonly files: readonly string[];
  /** True where the repository has more files than are told. */
  readonly more: boolean;
  readonly checks: readonly Check[];
  readonly commits: readonly string[];
};

/** About 300,000 paths. */
const mostBytes = 24_000_000;
const maxCommits = 20;

/** Looks at a commit of the user's repository. Reads only. */
export const survey = async ({
  home,
  repo,
  base,
}: {
  readonly home: string;
  readonly repo: string;
  readonly base: string;
}): Promise<Survey> => {
  const { user } = await openMirror(home, repo);
  const { gitDir, root } = user;
  const [list, log, checks] = await Promise.all([
    git(['ls-tree', '-r', '-z', '--name-only', '--full-tree', base], { gitDir, atMost: mostBytes }),
    git(['log', `--max-count=${maxCommits}`, '--format=%s', base, '--'], { gitDir }),
    findChecks({ root, gitDir, head: base, headRef: null }, base),
  ]);
  const files = list.stdout.toString('utf8').split('\u0000').filter(Boolean);
  const more = list.stdout.length >= mostBytes;
  return {
    files: more ? files.slice(0, -1) : files,
    more,
    checks,
    commits: log.stdout.toString('utf8').split('\n').filter(Boolean),
  };
};
