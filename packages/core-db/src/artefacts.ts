import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HiveError } from '@hive/errors';
import { failpoint } from '@hive/failpoints';

/** Large things that events refer to by hash: prompts, replies, diffs, logs, plans. */
export type Artefacts = {
  /** Stores bytes and answers their SHA-256 in hex. Storing the same bytes again changes nothing. */
  put(content: Uint8Array | string): Promise<string>;
  /** The bytes of a hash; null when there are none. */
  get(hash: string): Promise<Buffer | null>;
};

/**
 * Artefacts as files of the home, each named after its content. A file appears under its name only when it is complete and on the disk,
 * so a hash that was recorded always has its bytes. Throws `infra.disk` when the disk is full, `store.readonly` when the folder cannot be written.
 */
export const createArtefacts = (home: string): Artefacts => {
  const pathOf = (hash: string) => join(home, 'artefacts', hash.slice(0, 2), hash);

  return {
    put: async (content) => {
      const bytes = Buffer.from(content as Uint8Array);
      const hash = createHash('sha256').update(bytes).digest('hex');
      const path = pathOf(hash);
      if (await isStored(path)) return hash;
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
      try {
        return await readFile(pathOf(hash));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
  };
};

/** Bytes that are there already count as stored now, so that nobody takes them for forgotten before they are referred to. */
const isStored = async (path: string): Promise<boolean> => {
  const now = new Date();
  try {
    await utimes(path, now, now);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    return (await stat(path).catch(() => null))?.isFile() ?? false; // another user's, or a disk that is only read
  }
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
  if (code === 'ENOSPC' || code === 'EDQUOT')
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
