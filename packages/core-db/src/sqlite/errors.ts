import { statSync } from 'node:fs';
import { HiveError } from '@hive/errors';

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

/** Another process holds the lock that is needed; it will let go. */
export const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));

/** A row with this key is there already. */
export const isDuplicate = (error: unknown): boolean => /^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)/.test(codeOf(error));

/** The statement does not fit what is in the file. */
export const isSqlError = (error: unknown): boolean => codeOf(error) === 'SQLITE_ERROR';

const isFolder = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** What SQLite or the file system says, as the port's errors; anything unknown stays as it is. */
export const sqliteError = (error: unknown, file: string): unknown => {
  const code = codeOf(error);
  if (/^SQLITE_(CANTOPEN|IOERR)/.test(code) && isFolder(file))
    return new HiveError('store.unavailable', `${file} is a folder where the database should be; move it away`, {
      remedy: 'fix_config',
      cause: error,
    });
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code.startsWith('SQLITE_IOERR'))
    return new HiveError('infra.disk', `The disk of ${file} is full or failing; make room, Hive tries again`, {
      remedy: 'retry',
      cause: error,
    });
  if (/^(EACCES|EPERM|EROFS|ENOTDIR|EEXIST|SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM|SQLITE_AUTH)/.test(code))
    return new HiveError(
      'store.readonly',
      `${file} cannot be written; give this user the right to write it and its folder`,
      { remedy: 'fix_config', cause: error },
    );
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code))
    return new HiveError('store.unavailable', `${file} is not a readable database; restore a backup or move it away`, {
      remedy: 'fix_config',
      cause: error,
    });
  if (isBusy(error))
    return new HiveError('store.unavailable', `${file} is locked by another program; Hive tries again`, {
      remedy: 'retry',
      cause: error,
    });
  return error;
};
