import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HiveError } from '@hive/errors';
import { byteWords } from '@hive/events';

/** The file system that a folder is on: what is free for this user, and all of it. */
export type Space = { readonly freeBytes: number; readonly totalBytes: number };

/** Reads the space around a folder; of the nearest one above it while it does not exist yet. */
export type ReadSpace = (folder: string) => Promise<Space>;

export const readSpace: ReadSpace = async (folder) => {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder) throw error;
    return readSpace(dirname(folder));
  }
};

/** One sentence about a disk that is too full to begin anything on, with what to do; null when there is room. */
export const lackOfRoom = (home: string, { freeBytes }: Space, floorBytes: number): string | null =>
  freeBytes >= floorBytes
    ? null
    : `Only ${byteWords(freeBytes)} are free at ${home}, and below ${byteWords(floorBytes)} nothing new starts: ` +
      'make room there, see what Hive takes with hive df, or lower hive.disk.floorGb in hive.yaml';

/** Refuses new work on a disk that is below its floor. Throws `infra.disk`. */
export const assertRoom = (home: string, space: Space, floorBytes: number): void => {
  const lack = lackOfRoom(home, space, floorBytes);
  if (lack === null) return;
  throw new HiveError('infra.disk', lack, { remedy: 'retry', details: { ...space, floorBytes } });
};
