import type { Check } from '@hive/events';
import { git, gitList } from '../../git/git.ts';
import type { Repo } from '../../port.ts';

/** What a commit has at its top: names (folders included), all its files, and the text of a file, empty where there is none. */
export type Top = {
  readonly names: ReadonlySet<string>;
  readonly files: readonly string[];
  text(name: string): Promise<string>;
};

/** A command that installs dependencies, and the lock file that says which. */
export type Install = { readonly argv: readonly string[]; readonly lockfile: string | null };

/** A kind of project: the check that it usually brings along, and how its dependencies are installed. Null: it is not one, or needs none. */
export type Ecosystem = {
  check(top: Top): Promise<Check | null>;
  install(top: Top): Promise<Install | null>;
};

/** Reads the tree of a commit. */
export const topOf = async ({ gitDir }: Repo, sha: string): Promise<Top> => {
  const names = new Set(await gitList(['ls-tree', '-z', '--name-only', sha, '--'], { gitDir }));
  const files = await gitList(['ls-tree', '-r', '-z', '--name-only', sha, '--'], { gitDir });
  const text = async (name: string) =>
    names.has(name) || name.includes('/')
      ? (await git(['cat-file', 'blob', `${sha}:${name}`], { gitDir })).stdout.toString('utf8')
      : '';
  return { names, files, text };
};

/** A check that nobody named. */
export const found = (name: string, argv: string[]): Check => ({ name, argv, source: 'found' });
