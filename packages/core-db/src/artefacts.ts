import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HiveError, isDiskFull } from '@hive/errors';
import { failpoint } from '@hive/failpoints';

/** Large things that events refer to by hash: prompts, replies, diffs, logs, plans. */
export type Artefacts = {
  /** Stores bytes and answers their SHA-256 in hex. Storing the same bytes again changes nothing. */
  put(content: Uint8Array | string): Promise<string>;
  /** The bytes of a hash; null when there are none, or when what lies there has other content than its name says. */
  get(hash: string): Promise<Buffer | null>;
};

/** Where the bytes of a hash lie in a home. */
export const artefactPath = (home: string, hash: string): string => join(home, 'artefacts', hash.slice(0, 2), hash);

/** The name of bytes: their SHA-256 in hex. */
export const artefactHash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Artefacts as files of the home, each named after its content. A file appears under its name only when it is complete and on the disk,
 * so a hash that was recorded always has its bytes. Throws `infra.disk` when the disk is full, `store.readonly` when the folder cannot be written.
 */
export const createArtefacts = (home: string): Artefacts => {
  const pathOf = (hash: string) => artefactPath(home, hash);

  return {
    put: async (content) => {
      const bytes = Buffer.from(content as Uint8Array);
      const hash = artefactHash(bytes);
      const path = pathOf(hash);
      if (await isStored(path, bytes)) return hash;
      const half = `${path}.${randomUUID()}`;
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        const file = await open(half, 'wx', 0o600);
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await failpoint('artefact.half');
        await rename(half, path);
        await syncFolder(dirname(path));
        await failpoint('artefact.renamed');
      } catch (error) {
        await rm(half, { force: true }).catch(() => {});
        throw diskError(error, path);
      }
      return hash;
    },

    get: async (hash) => {
      if (!/^[0-9a-f]{64}$/.test(hash)) return null;
      const bytes = await unlessMissing(readFile(pathOf(hash)));
      return bytes && artefactHash(bytes) === hash ? bytes : null;
    },
  };
};

const unlessMissing = async <T>(reading: Promise<T>): Promise<T | null> => {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

/**
 * Bytes that are there already count as stored now, so that nobody takes them for forgotten before they are referred to. Where a disk or a
 * person has changed them, they are stored anew.
 */
const isStored = async (path: string, bytes: Buffer): Promise<boolean> => {
  const now = new Date();
  await utimes(path, now, now).catch(() => {}); // another user's, or a disk that is only read
  const there = await readFile(path).catch(() => null);
  return there?.equals(bytes) ?? false;
};

/** The name itself must survive a power cut, too. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const diskError = (error: unknown, path: string): unknown => {
  const { code } = error as NodeJS.ErrnoException;
  if (isDiskFull(error))
    return new HiveError('infra.disk', `The disk is full at ${path}; make room, Hive tries again`, {
      remedy: 'retry',
      cause: error,
    });
  if (/^(EACCES|EROFS|EPERM|ENOTDIR|EEXIST)$/.test(code ?? ''))
    return new HiveError('store.readonly', `${dirname(path)} cannot be written; give this user the right to write it`, {
      remedy: 'fix_config',
      cause: error,
    });
  return error;
};
