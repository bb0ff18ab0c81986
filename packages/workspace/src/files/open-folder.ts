import { constants, existsSync } from 'node:fs';
import { lstat, mkdir, open, readlink, type FileHandle } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { HiveError } from '@hive/errors';
import { isWithin } from '../is-within.ts';
import { outsideError } from './repository-path.ts';

/** A folder of a worktree that is held open. What is done at `at` happens in this very folder, whatever its name means by now. */
export type OpenFolder = { readonly at: string; close(): Promise<void> };

const folderOnly = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Linux alone can open a name relative to a folder that is held open; elsewhere the way is looked at before it is gone. */
const hasHandles = existsSync('/proc/self/fd');

/**
 * Opens the folder at `parts` below `root`, step by step and through no link. With `make` the missing ones are made. Throws `paths.outside`
 * for a link that leads out and `input.invalid` for one that stays inside, for a missing folder, and for what is none.
 */
export const openFolder = async (
  root: string,
  parts: readonly string[],
  { make = false }: { readonly make?: boolean } = {},
): Promise<OpenFolder> => {
  let handle = await open(root, folderOnly);
  let at = hasHandles ? handlePath(handle) : root;
  try {
    for (const [index, part] of parts.entries()) {
      const path = `${at}/${part}`;
      if (make) await mkdir(path).catch(unlessThere);
      const next = await open(path, folderOnly).catch((error: unknown) =>
        whyNot(error, { root, at, parts: parts.slice(0, index + 1) }),
      );
      await handle.close();
      handle = next;
      at = hasHandles ? handlePath(handle) : path;
    }
  } catch (error) {
    await handle.close();
    throw error;
  }
  return { at, close: () => handle.close() };
};

const handlePath = (handle: FileHandle): string => `/proc/self/fd/${handle.fd}`;

const unlessThere = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EEXIST') throw error;
};

/** The sentence for a name in an open folder that could not be opened: a link, missing, or of another kind. Never returns. */
export const whyNot = async (
  error: unknown,
  { root, at, parts }: { readonly root: string; readonly at: string; readonly parts: readonly string[] },
): Promise<never> => {
  const path = parts.join('/');
  const found = await lstat(`${at}/${parts.at(-1) ?? ''}`).catch(() => null);
  if (found?.isSymbolicLink()) throw await linkError(root, at, parts);
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') throw problem(`There is no ${path}`);
  if (code === 'ENOTDIR') throw problem(`${path} is not a folder`);
  if (code === 'EISDIR') throw problem(`${path} is a folder`);
  if (code === 'ENXIO' || code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENAMETOOLONG')
    throw problem(`${path} cannot be opened (${code})`);
  throw error;
};

/** Links are never followed. One that stays inside is named with its target, because that can be asked for. */
const linkError = async (root: string, at: string, parts: readonly string[]): Promise<HiveError> => {
  const path = parts.join('/');
  const target = await readlink(`${at}/${parts.at(-1) ?? ''}`).catch(() => '');
  const inside = posix.normalize(posix.join(...parts.slice(0, -1), target));
  const leadsOut = target === '' || target.startsWith('/') || !isWithin(join(root, inside), root);
  return leadsOut
    ? outsideError(path, 'is a link that leads out of the repository')
    : problem(`${path} is a link to ${inside}; name that instead`);
};

/** What is wrong with a request, in words for whoever made it. */
export const problem = (message: string): HiveError => new HiveError('input.invalid', message);
