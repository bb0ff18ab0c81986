import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { HiveError, isDiskFull } from '@hive/errors';
import { syncFolder } from '../artefacts.ts';

/** Takes lines in order. */
export type Lines = {
  /** Adds whole lines, each with its end. Resolves when there is room for more. */
  readonly write: (text: string) => Promise<void>;
  /** The SHA-256 of all that was written so far. */
  readonly sha256: () => string;
};

/**
 * Writes a compressed file of lines. It gets its name only when it is whole and on the disk, and none but its owner may read it.
 * Throws `input.invalid` when the name is taken, `infra.disk` when the disk is full; then nothing is left. Answers the size in bytes.
 */
export const writeLines = async (file: string, fill: (lines: Lines) => Promise<void>): Promise<number> => {
  assertFree(file);
  const half = `${file}.${randomUUID()}`;
  try {
    const gzip = createGzip({ level: 1 });
    const hash = createHash('sha256');
    const written = pipeline(gzip, createWriteStream(half, { flags: 'wx', mode: 0o600, flush: true }));
    written.catch(() => {}); // heard below, where it is waited for
    const write = async (text: string) => {
      hash.update(text);
      // Whoever waits for room hears of a full disk, too.
      if (!gzip.write(text)) await Promise.race([once(gzip, 'drain'), written]);
    };
    try {
      await fill({ write, sha256: () => hash.copy().digest('hex') });
    } catch (error) {
      gzip.destroy();
      await written.catch(() => {});
      throw error;
    }
    gzip.end();
    await written;
    assertFree(file);
    await rename(half, file);
    await syncFolder(dirname(file));
    return statSync(file).size;
  } catch (error) {
    await rm(half, { force: true }).catch(() => {});
    throw fileError(error, file);
  }
};

const assertFree = (file: string): void => {
  if (existsSync(file)) throw new HiveError('input.invalid', `${file} exists already; name a file that does not`);
};

const fileError = (error: unknown, file: string): unknown => {
  const { code } = error as NodeJS.ErrnoException;
  if (isDiskFull(error) || code === 'EFBIG')
    return new HiveError('infra.disk', `The disk is full at ${file}; make room, or name a file on another disk`, {
      cause: error,
    });
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new HiveError('input.invalid', `There is no folder ${dirname(file)}; make it, or name another`, {
      cause: error,
    });
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM')
    return new HiveError('input.invalid', `${dirname(file)} cannot be written; name a folder of this user`, {
      cause: error,
    });
  return error;
};
