import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { HiveError } from '@hive/errors';
import { mirrorName } from '../git/mirror-name.ts';

/** A repository that can be pushed to by name. */
export type Remote = { readonly name: string; readonly root: string };

const folderOf = (home: string): string => join(home, 'remotes');

/** What a repository is called in an address: its folder in plain letters, and what tells it from others of that name. */
export const remoteName = (root: string): string => {
  const plain = basename(root)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${plain || 'repository'}-${mirrorName(root).slice(0, 8)}`;
};

/** Lets a repository be pushed to. Only those that were named here are; may be repeated. */
export const addRemote = async (home: string, root: string): Promise<Remote> => {
  const name = remoteName(root);
  const file = join(folderOf(home), name);
  await mkdir(folderOf(home), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, root, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return { name, root };
};

/** The repository of that name. Throws `input.unknown_id`. */
export const findRemote = async (home: string, name: string): Promise<Remote> => {
  const isName = /^[a-z0-9-]{1,60}$/.test(name);
  const root = isName ? await readFile(join(folderOf(home), name), 'utf8').catch(() => null) : null;
  if (root !== null) return { name, root };
  throw new HiveError(
    'input.unknown_id',
    `Hive knows no repository of this name; add it with: hive remote add --repo DIR`,
  );
};
