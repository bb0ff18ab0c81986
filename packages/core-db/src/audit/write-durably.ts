import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Makes a small file that is complete and on the disk as soon as it has its name. */
export const writeDurably = (path: string, content: string | Buffer, mode: number): void => {
  const half = `${path}.half`;
  const file = openSync(half, 'w', mode);
  try {
    writeSync(file, content as string);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(half, path);
  syncFolder(dirname(path));
};

/** A name must survive a power cut, too. */
export const syncFolder = (folder: string): void => {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};
