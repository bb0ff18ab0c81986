import { gitList } from '../git/git.ts';
import type { Repo } from '../port.ts';
import { conventions, testFilesOf } from '../proof/test-files.ts';

/** The files of a commit that are taken for tests when nobody says otherwise, and the conventions that they are known by. */
export const findTests = async ({ gitDir }: Repo, sha: string): Promise<{ globs: string[]; files: string[] }> => {
  const paths = await gitList(['ls-tree', '-r', '-z', '--name-only', sha, '--'], { gitDir });
  const files = testFilesOf(paths, undefined);
  return { globs: conventions.filter((glob) => testFilesOf(files, [glob]).length > 0), files };
};
