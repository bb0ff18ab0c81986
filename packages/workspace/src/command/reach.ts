import { execFile } from 'node:child_process';
import { lchown, lstat, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Owner } from '../git/git.ts';

/** The user that has nothing: what commands run as when Hive is root. */
export const nobody: Owner = { uid: 65534, gid: 65534 };

/** Who commands are: another user where Hive is root and there is one, else the user of Hive. */
export const commandOwnerOf = (owner: Owner | undefined): Owner =>
  owner ?? { uid: process.getuid?.() ?? nobody.uid, gid: process.getgid?.() ?? nobody.gid };

const passable = async (path: string, owner: Owner, bits: number): Promise<boolean> => {
  const found = await stat(path).catch(() => null);
  if (!found) return false;
  const shift = found.uid === owner.uid ? 6 : found.gid === owner.gid ? 3 : 0;
  return ((found.mode >> shift) & bits) === bits;
};

/** True when this user may enter all folders on the way to `path`, and read (and for a program, run) what is there. */
export const reachable = async (path: string, owner: Owner): Promise<boolean> => {
  const real = await realpath(path).catch(() => null);
  if (real === null || !(await passable(real, owner, 0o5))) return false;
  for (const start of new Set([path, real]))
    for (let at = dirname(start); ; at = dirname(at)) {
      if (!(await passable(at, owner, 0o1))) return false;
      if (at === dirname(at)) break;
    }
  return true;
};

/**
 * Gives folders and all in them to `owner`, links themselves included and never followed. What belongs to neither is left. By one process that goes
 * folder by folder: on 100,000 files it takes a tenth of what it takes from here, and nothing that is given already is touched.
 */
export const giveTo = async (paths: readonly string[], owner: Owner): Promise<void> => {
  const from = `--from=${process.getuid?.() ?? 0}`;
  const isDone = await new Promise((resolve) => {
    execFile('chown', ['-R', '-h', '-P', from, '--', `${owner.uid}:${owner.gid}`, ...paths], { cwd: '/' }, (error) =>
      resolve(error === null),
    );
  });
  // Without GNU's chown, or beside a file that vanished.
  if (!isDone) for (const path of paths) await giveEach(path, owner);
};

const giveEach = async (path: string, owner: Owner): Promise<void> => {
  const found = await lstat(path);
  if (found.uid !== owner.uid || found.gid !== owner.gid) await lchown(path, owner.uid, owner.gid);
  if (!found.isDirectory()) return;
  for (const name of await readdir(path)) await giveEach(join(path, name), owner);
};
