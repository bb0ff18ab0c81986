import { gitList } from '../git/git.ts';
import { readTextsAt } from '../git/read-texts-at.ts';
import type { Repo } from '../port.ts';
import { inlineTests, longestInline, mayHoldTests } from '../proof/inline-tests.ts';
import { conventions, testFilesOf } from '../proof/test-files.ts';

/** What is taken for tests when nobody says otherwise: files, the conventions that they are known by, and other files that hold tests among their code. */
export type FoundTests = {
  readonly globs: readonly string[];
  readonly files: readonly string[];
  readonly inline: readonly string[];
};

/** The tests of a commit as they are told when nobody says where they are. */
export const findTests = async ({ gitDir }: Repo, sha: string): Promise<FoundTests> => {
  const paths = await gitList(['ls-tree', '-r', '-z', '--name-only', sha, '--'], { gitDir });
  const files = testFilesOf(paths, undefined);
  const known = new Set(files);
  const asked = paths.filter((path) => mayHoldTests(path) && !known.has(path));
  const texts = await readTextsAt({ gitDir }, { commit: sha, paths: asked, mostBytes: longestInline });
  return {
    globs: conventions.filter((glob) => testFilesOf(files, [glob]).length > 0),
    files,
    inline: asked.filter((path) => inlineTests(path, texts.get(path)?.text ?? '').length > 0),
  };
};
