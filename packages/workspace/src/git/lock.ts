import { mkdir, readFile, readlink, rm, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identityOf, isAlive } from './process-id.ts';

const momentMs = 200;

/**
 * Runs `work` while no other process (and no other call in this one) holds the lock.
 * The lock names its owner; it is taken away only from an owner that no longer runs, never because of its age.
 */
export const withLock = async <T>(path: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
  await mkdir(dirname(path), { recursive: true });
  await acquire(path, signal);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
};

/** Like {@link withLock}, but where somebody else is at it for longer than a moment nothing is done: null. */
export const tryLock = async <T>(path: string, work: () => Promise<T>, patienceMs = momentMs): Promise<T | null> => {
  let isHeld = false;
  const held = async () => {
    isHeld = true;
    return work();
  };
  try {
    return await withLock(path, held, AbortSignal.timeout(patienceMs));
  } catch (error) {
    if (isHeld || !(error instanceof Error) || !/^(Abort|Timeout)Error$/.test(error.name)) throw error;
    return null;
  }
};

const acquire = async (path: string, signal?: AbortSignal): Promise<void> => {
  while (!(await take(path))) {
    // Waiting has an end; taking it from the dead may take a busy machine longer than that.
    if (await breakStale(path)) continue;
    signal?.throwIfAborted();
    await delay(20, undefined, signal && { signal });
  }
};

/** A symbolic link appears whole or not at all, and where it leads is kept without a block of data: on a full disk room is made under a lock, too. */
const take = async (path: string): Promise<boolean> => {
  try {
    await symlink(identityOf(process.pid), path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
};

/** Only the holder of the second lock removes the first, so that nobody removes what another has just taken. */
const breakStale = async (path: string): Promise<boolean> => {
  const breaking = `${path}.breaking`;
  if (!(await isStale(path))) return false;
  if (!(await take(breaking))) {
    if (await isStale(breaking)) await rm(breaking, { force: true });
    return false;
  }
  try {
    if (await isStale(path)) await rm(path, { force: true });
    return true;
  } finally {
    await rm(breaking, { force: true });
  }
};

const isStale = async (path: string): Promise<boolean> => {
  const owner = await ownerOf(path);
  return owner !== null && !isAlive(owner);
};

/** Older versions of Hive made a file; one of them may have been killed. */
const ownerOf = (path: string): Promise<string | null> =>
  readlink(path)
    .catch(() => readFile(path, 'utf8'))
    .catch(() => null);
