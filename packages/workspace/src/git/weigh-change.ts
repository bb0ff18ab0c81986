import { HiveError } from '@hive/errors';
import { git, gitText } from './git.ts';

/** A change is this large at most: the sum of the files that it adds or changes, in bytes. */
export const changeLimit = 50_000_000;

/**
 * Refuses a change that could not be handled as a patch, before its content is read: too large (`input.invalid`), or with a new link to another
 * repository (`policy.denied`).
 */
export const weighChange = async (
  gitDir: string,
  { from, to, limit = changeLimit }: { readonly from: string; readonly to: string; readonly limit?: number },
): Promise<void> => {
  const { stdout } = await git(
    ['diff-tree', '-r', '-z', '--raw', '--no-abbrev', '--no-renames', '--ignore-submodules=none', from, to, '--'],
    { gitDir },
  );
  const changes = changesIn(stdout.toString('utf8'));
  const submodule = changes.find(({ before, after }) => after === '160000' && before !== '160000');
  if (submodule)
    throw new HiveError('policy.denied', `The change adds a submodule (${submodule.path}), which Hive does not merge`);
  const files = changes.filter(({ after }) => after.startsWith('1') && after !== '160000');
  if (files.length === 0) return;
  const sizes = await gitText(['cat-file', '--batch-check=%(objectsize)'], {
    gitDir,
    input: files.map(({ blob }) => `${blob}\n`).join(''),
  });
  let total = 0;
  for (const [index, size] of sizes.split('\n').entries()) {
    total += Number(size) || 0;
    if (total > limit)
      throw new HiveError(
        'input.invalid',
        `The change is larger than ${limit / 1e6} MB (with ${files[index]?.path ?? 'a file'}, ${(Number(size) / 1e6).toFixed(1)} MB); hand it in in parts, or leave large files out`,
      );
  }
};

type FileChange = { readonly before: string; readonly after: string; readonly blob: string; readonly path: string };

/** `:old mode, new mode, old object, new object, status`, then the path. */
const changesIn = (raw: string): FileChange[] => {
  const fields = raw.split('\0');
  return fields.flatMap((field, index) => {
    const [, before, after, blob] = /^:(\d{6}) (\d{6}) [0-9a-f]+ ([0-9a-f]+) [A-Z]$/.exec(field) ?? [];
    // Every second field is a path, and a path may look like anything.
    if (index % 2 === 1 || before === undefined || after === undefined || blob === undefined) return [];
    return [{ before, after, blob, path: fields[index + 1] ?? '' }];
  });
};
