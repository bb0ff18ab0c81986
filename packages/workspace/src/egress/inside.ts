import { constants } from 'node:fs';
import { copyFile, link, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { reachable } from '../command/reach.ts';
import type { Owner } from '../git/git.ts';

/** What a sandbox shows of the way out: its folder, and the Node that the forwarder runs on. */
export type Exit = { readonly folder: string; readonly node: string };

export const folderInside = '/run/hive';
export const nodeInside = '/run/hive-node';

/** Arguments of bubblewrap that show it. */
export const exitBinds = (exit: Exit | undefined): string[] =>
  exit ? ['--ro-bind', exit.folder, folderInside, '--ro-bind', exit.node, nodeInside] : [];

/** The command behind its forwarder. */
export const forwarded = (argv: readonly string[], exit: Exit | undefined): readonly string[] =>
  exit ? [nodeInside, `${folderInside}/forward.cjs`, folderInside, ...argv] : argv;

/** A Node that commands may read: Hive's own, or, where it lies in a folder that is closed to their user, another name or a copy of it. */
export const nodeFor = async (home: string, owner: Owner | undefined): Promise<string> => {
  const own = process.execPath;
  if (!owner || (await reachable(own, owner))) return own;
  const folder = join(home, 'run', 'node');
  const file = join(folder, process.version);
  if (await stat(file).catch(() => null)) return file;
  await mkdir(folder, { recursive: true });
  const draft = `${file}.${process.pid}`;
  await rm(draft, { force: true });
  await link(own, draft).catch(() => copyFile(own, draft, constants.COPYFILE_FICLONE));
  await rename(draft, file);
  return file;
};
