import { openMirror } from './git/mirror.ts';
import { git } from './git/git.ts';

/** What a planner may know of a repository without opening a file: the paths of a commit and the last subjects. */
export type Survey = { readonly files: readonly string[]; readonly commits: readonly string[] };

const maxFiles = 2000;
const maxCommits = 10;

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
  const list = await git(['ls-tree', '-r', '-z', '--name-only', base], { gitDir: user.gitDir });
  const log = await git(['log', `--max-count=${maxCommits}`, '--format=%s', base, '--'], { gitDir: user.gitDir });
  return {
    files: list.stdout.toString('utf8').split('\u0000').filter(Boolean).slice(0, maxFiles),
    commits: log.stdout.toString('utf8').split('\n').filter(Boolean),
  };
};
