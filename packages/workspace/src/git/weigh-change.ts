import { HiveError } from '@hive/errors';
import { git, gitText } from './git.ts';

/**
 * A change is this large at most: the sum of the files that it adds, changes or removes, in bytes, for a patch holds all of them. Where removed ones are too much
 * with the rest, the patch names them by their ids and they weigh nothing.
 */
export const changeLimit = 50_000_000;

type Change = { readonly from: string; readonly to: string; readonly limit?: number };

/**
 * Refuses a change that could not be handled as a patch, before its content is read: too large (`input.invalid`), or with a new link to another
 * repository (`policy.denied`).
 */
export const weighChange = async (gitDir: string, change: Change): Promise<void> => {
  const changes = await changesOf(gitDir, change);
  const submodule = changes.find(({ before, after }) => after === '160000' && before !== '160000');
  if (submodule)
    throw new HiveError('policy.denied', `The change adds a submodule (${submodule.path}), which Hive does not merge`);
  const { large } = await weigh(gitDir, changes, change.limit);
  if (large !== null)
    throw new HiveError('input.invalid', `The change is ${large}; hand it in in parts, or leave large files out`);
};

/** How a change is too large to be handled as a patch: half a sentence with the file that is too much. Null when it is not. */
export const tooLarge = async (gitDir: string, change: Change): Promise<string | null> =>
  (await weigh(gitDir, await changesOf(gitDir, change), change.limit)).large;

/** True where a patch has to name what it removes by its id, since it would be too large with the content. */
export const namesRemoved = async (gitDir: string, change: Change): Promise<boolean> =>
  (await weigh(gitDir, await changesOf(gitDir, change), change.limit)).namesRemoved;

type Weight = { readonly large: string | null; readonly namesRemoved: boolean };

const weigh = async (gitDir: string, changes: readonly FileChange[], limit = changeLimit): Promise<Weight> => {
  const sides = changes.flatMap(({ path, before, after, blobs: [old, made] }) => [
    ...(isFile(before) ? [{ path, blob: old, isRemoved: after === absent }] : []),
    ...(isFile(after) ? [{ path, blob: made, isRemoved: false }] : []),
  ]);
  if (sides.length === 0) return { large: null, namesRemoved: false };
  const sizes = await gitText(['cat-file', '--batch-check=%(objectsize)'], {
    gitDir,
    input: sides.map(({ blob }) => `${blob}\n`).join(''),
  });
  const weighed = sizes.split('\n').flatMap((size, index) => {
    const side = sides[index];
    return side ? [{ ...side, size: Number(size) || 0 }] : [];
  });
  const whole = largeIn(weighed, limit);
  // A link to another repository has no content that could be left out.
  const isNamed = whole !== null && !changes.some(({ before, after }) => before === '160000' && after === absent);
  if (!isNamed) return { large: whole, namesRemoved: false };
  const large = largeIn(
    weighed.filter(({ isRemoved }) => !isRemoved),
    limit,
  );
  return { large, namesRemoved: large === null };
};

type Side = { readonly path: string; readonly size: number };

const largeIn = (sides: readonly Side[], limit: number): string | null => {
  // A file that is changed weighs what the larger side does.
  const largest = new Map<string, number>();
  for (const { path, size } of sides) largest.set(path, Math.max(largest.get(path) ?? 0, size));
  let total = 0;
  for (const [path, size] of largest) {
    total += size;
    if (total > limit) return `larger than ${limit / 1e6} MB (with ${path}, ${(size / 1e6).toFixed(1)} MB)`;
  }
  return null;
};

const absent = '000000';

const isFile = (mode: string) => mode.startsWith('1') && mode !== '160000';

type FileChange = {
  readonly before: string;
  readonly after: string;
  readonly blobs: readonly [old: string, made: string];
  readonly path: string;
};

const changesOf = async (gitDir: string, { from, to }: Change): Promise<FileChange[]> => {
  const { stdout } = await git(
    ['diff-tree', '-r', '-z', '--raw', '--no-abbrev', '--no-renames', '--ignore-submodules=none', from, to, '--'],
    { gitDir },
  );
  return changesIn(stdout.toString('utf8'));
};

/** `:old mode, new mode, old object, new object, status`, then the path. */
const changesIn = (raw: string): FileChange[] => {
  const fields = raw.split('\0');
  return fields.flatMap((field, index) => {
    const [, before, after, old, made] = /^:(\d{6}) (\d{6}) ([0-9a-f]+) ([0-9a-f]+) [A-Z]$/.exec(field) ?? [];
    // Every second field is a path, and a path may look like anything.
    if (index % 2 === 1 || before === undefined || after === undefined || old === undefined || made === undefined)
      return [];
    return [{ before, after, blobs: [old, made] as const, path: fields[index + 1] ?? '' }];
  });
};
