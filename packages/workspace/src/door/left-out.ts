import { git, gitList } from '../git/git.ts';
import type { Repo } from '../port.ts';

/** What a commit names and Hive does not fetch, so that it is not in a worktree. */
export type LeftOut = {
  /** Folders that stay empty. */
  readonly submodules: readonly string[];
  /** Files that Git LFS keeps elsewhere stay pointers. */
  readonly lfs: boolean;
};

/** Looks for submodules, and for Git LFS in the attributes at the top. Reads only. */
export const findLeftOut = async ({ gitDir }: Pick<Repo, 'gitDir'>, sha: string): Promise<LeftOut> => {
  const [entries, attributes] = await Promise.all([
    gitList(['ls-tree', '-r', '-z', '--full-tree', sha, '--'], { gitDir }),
    git(['cat-file', 'blob', `${sha}:.gitattributes`], { gitDir, ok: [0, 128] }),
  ]);
  return {
    submodules: entries
      .filter((entry) => entry.startsWith('160000 '))
      .map((entry) => entry.slice(entry.indexOf('\t') + 1)),
    lfs: attributes.code === 0 && /^[^#\n]*\sfilter=lfs\b/m.test(attributes.stdout.toString('utf8')),
  };
};
