import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Longer names of sockets are cut or refused by the system. The temporary name is some characters longer. */
const longest = 100;

/** Where the doorbell of a home is, or the one of this name. A long path is replaced by a short one in the temporary folder, closed to others. */
export const doorbellPath = (home: string, name = 'doorbell'): string => {
  const path = join(home, 'run', `${name}.sock`);
  if (Buffer.byteLength(temporaryPath(path)) <= longest) {
    mkdirSync(join(home, 'run'), { recursive: true, mode: 0o700 });
    return path;
  }
  const folder = join(tmpdir(), `hive-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  // Someone else may have made the folder first, to listen or to lead elsewhere.
  if (!found.isDirectory() || (process.getuid && found.uid !== process.getuid()))
    throw new Error(`${folder} belongs to someone else`);
  chmodSync(folder, 0o700);
  return join(folder, `${name}.sock`);
};

/** A name of this process beside the common one; `nth` where it has several. */
export const temporaryPath = (path: string, nth = 0): string => `${path}.${process.pid}.${nth}`;
