import { hasCode } from '@hive/errors';
import picomatch from 'picomatch';
import { matcherOf } from './door/outside-of.ts';
import { readFileIn, removeFileIn, writeFileIn } from './files/file.ts';
import { listIn } from './files/list.ts';

/** One text file of a worktree; `path` is relative, with slashes. */
export type TextFile = { readonly path: string; readonly text: string };

const deepest = 30;
const mostEntries = 20_000;

/**
 * The text files of a worktree that match the globs (all of them without globs), sorted by path, `maxBytes` together: a file that would
 * not fit is left out. Links are not followed and binary files are left out.
 */
export const readTexts = async (
  dir: string,
  { globs, maxBytes }: { readonly globs: readonly string[] | undefined; readonly maxBytes: number },
): Promise<TextFile[]> => {
  const wanted = globs ? matcherOf(globs) : () => true;
  const files: TextFile[] = [];
  let total = 0;
  for (const path of (await pathsBelow(dir, globs)).toSorted()) {
    if (!wanted(path)) continue;
    const text = await readText(dir, path, maxBytes - total);
    if (text === null) continue;
    total += Buffer.byteLength(text);
    files.push({ path, text });
  }
  return files;
};

/** Only the folders that a glob begins with are looked into, so that a large repository costs no more than what is asked of it. */
const pathsBelow = async (root: string, globs: readonly string[] | undefined): Promise<string[]> => {
  const bases = new Set(globs?.map((glob) => picomatch.scan(glob).base || '.') ?? ['.']);
  const lists = await Promise.all(
    [...bases].map(async (base) => {
      try {
        return (await listIn(root, base, { depth: deepest, limit: mostEntries })).entries;
      } catch (error) {
        if (hasCode(error, 'input.invalid') || hasCode(error, 'paths.outside')) return [base]; // a file, or nothing to read
        throw error;
      }
    }),
  );
  return [...new Set(lists.flat())].filter((path) => !/[/@]$/.test(path));
};

const readText = async (dir: string, path: string, maxBytes: number): Promise<string | null> => {
  try {
    const text = await readFileIn(dir, path);
    return Buffer.byteLength(text) > maxBytes ? null : text;
  } catch (error) {
    if (hasCode(error, 'input.invalid') || hasCode(error, 'paths.outside')) return null; // no text, or not there any more
    throw error;
  }
};

/**
 * Writes whole files into a worktree; `content: null` deletes. No part of a path may be a link or `.git`, so nothing outside of the worktree
 * is touched: throws `paths.outside`, and `input.invalid` for what is no file.
 */
export const writeTexts = async (
  dir: string,
  writes: readonly { readonly path: string; readonly content: string | null }[],
): Promise<void> => {
  for (const { path, content } of writes) {
    if (content === null) await removeFileIn(dir, path);
    else await writeFileIn(dir, path, content);
  }
};
