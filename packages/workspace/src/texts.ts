import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HiveError } from '@hive/errors';
import picomatch from 'picomatch';

/** One text file of a worktree; `path` is relative, with slashes. */
export type TextFile = { readonly path: string; readonly text: string };

const skipped = new Set(['.git', 'node_modules', '.venv', 'dist', 'build', 'target', '__pycache__']);

/**
 * The text files of a worktree that match the globs (all of them without globs), sorted by path, `maxBytes` together: a file that would
 * not fit is left out. Links are not followed and binary files are left out.
 */
export const readTexts = async (
  dir: string,
  { globs, maxBytes }: { readonly globs: readonly string[] | undefined; readonly maxBytes: number },
): Promise<TextFile[]> => {
  const wanted = globs ? picomatch([...globs], { dot: true }) : () => true;
  const files: TextFile[] = [];
  let total = 0;
  for (const path of (await pathsBelow(dir, '')).toSorted()) {
    if (!wanted(path)) continue;
    const text = await readText(join(dir, path), maxBytes - total);
    if (text === null) continue;
    total += Buffer.byteLength(text);
    files.push({ path, text });
  }
  return files;
};

const pathsBelow = async (root: string, below: string): Promise<string[]> => {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  const lists = await Promise.all(
    entries
      .filter((entry) => !skipped.has(entry.name))
      .map(async (entry) => {
        const path = below === '' ? entry.name : `${below}/${entry.name}`;
        if (entry.isDirectory()) return pathsBelow(root, path);
        return entry.isFile() ? [path] : [];
      }),
  );
  return lists.flat();
};

const readText = async (path: string, maxBytes: number): Promise<string | null> => {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    if ((await file.stat()).size > maxBytes) return null;
    const bytes = await file.readFile();
    return bytes.includes(0) ? null : new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null; // not UTF-8
    throw error;
  } finally {
    await file.close();
  }
};

/**
 * Writes whole files into a worktree; `content: null` deletes. No part of a path may be a link or `.git`, so nothing outside of the worktree
 * is touched: throws `paths.outside`.
 */
export const writeTexts = async (
  dir: string,
  writes: readonly { readonly path: string; readonly content: string | null }[],
): Promise<void> => {
  for (const { path, content } of writes) {
    const parts = path.split('/');
    if (path.startsWith('/') || path.includes('\u0000') || parts.some(isForbidden)) throw outside(path);
    const target = join(dir, ...parts);
    await refuseLinks(dir, parts, path);
    if (content === null) {
      await rm(target, { force: true });
      continue;
    }
    await mkdir(dirname(target), { recursive: true });
    const file = await open(
      target,
      constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW,
      0o644,
    );
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
  }
};

const isForbidden = (part: string): boolean =>
  part === '' || part === '.' || part === '..' || part.toLowerCase() === '.git';

const refuseLinks = async (dir: string, parts: readonly string[], path: string): Promise<void> => {
  for (let depth = 1; depth <= parts.length; depth++) {
    const found = await lstat(join(dir, ...parts.slice(0, depth))).catch(() => null);
    if (found === null) return;
    if (found.isSymbolicLink()) throw outside(path);
  }
};

const outside = (path: string) =>
  new HiveError('paths.outside', `${JSON.stringify(path)} is not a path inside the repository`);
