import { git, gitList } from './git.ts';
import { nameRemoved } from './removed-by-name.ts';
import { namesRemoved } from './weigh-change.ts';

const plain = ['--no-ext-diff', '--no-textconv', '--no-renames', '--ignore-submodules=none'];
const asPatch = ['diff-tree', '-r', '-p', '--full-index', ...plain, '--src-prefix=a/', '--dst-prefix=b/'];

/**
 * The patch between two commits or trees, complete enough to apply without either (binary, full names). Where it would be too large with what it
 * removes, that comes first and by its ids only, which says the same: it applies to these very files alone.
 */
export const diffOf = async (gitDir: string, from: string, to: string): Promise<Uint8Array> => {
  const patch = async (...options: readonly string[]) =>
    (await git([...asPatch, ...options, from, to, '--'], { gitDir })).stdout;
  if (!(await namesRemoved(gitDir, { from, to }))) return patch('--binary');
  const removed = await patch('--irreversible-delete', '--diff-filter=D');
  return Buffer.concat([nameRemoved(removed), await patch('--binary', '--diff-filter=d')]);
};

/** Paths that differ between two commits or trees, sorted; a rename is its two sides. */
export const pathsBetween = async (gitDir: string, from: string, to: string): Promise<string[]> =>
  (await gitList(['diff-tree', '-r', '-z', '--name-only', ...plain, from, to, '--'], { gitDir })).sort();
