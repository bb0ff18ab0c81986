import { HiveError } from '@hive/errors';
import { isRecord } from './is-record.ts';

/** The version of the file's form; a program reads those up to its own. */
export const formatVersion = 1;

/** The first line of a backup. */
export type Header = {
  readonly hive: 'backup';
  readonly format: number;
  /** The schema of the store that was copied, and the Hive that copied it. */
  readonly schema: number;
  readonly version: string;
  readonly database: 'sqlite' | 'postgres';
  /** The moment of the copy, by the clock of the database. */
  readonly at: string;
  /** The columns of each table and how many rows follow, in the order in which they follow. */
  readonly tables: readonly { readonly name: string; readonly columns: readonly string[]; readonly rows: number }[];
};

/** The last line of a backup. */
export type Trailer = {
  readonly end: true;
  readonly rows: Readonly<Record<string, number>>;
  readonly files: number;
  /** How many of the files are artefacts; those of earlier versions do not say. */
  readonly artefacts?: number;
  /** True when positions grow along the log, so that they can be kept. */
  readonly ascending: boolean;
  /** The SHA-256 of the store's content: equal for equal stores, whatever their database. */
  readonly content: string;
  /** The SHA-256 of every byte before this line, uncompressed. */
  readonly sha256: string;
};

/** What is said of a file that is no whole backup. */
export const damaged = (file: string, why: string, cause?: unknown): HiveError =>
  new HiveError(
    'input.invalid',
    `${file} is damaged (${why}); nothing was restored, take another backup`,
    cause === undefined ? {} : { cause },
  );

/** The header of a file; throws for another program's file, a damaged one and one of a newer Hive. */
export const parseHeader = (line: string, file: string): Header => {
  const found = parseLine(line);
  if (!isRecord(found) || found['hive'] !== 'backup' || typeof found['format'] !== 'number')
    throw new HiveError('input.invalid', `${file} is no backup of Hive; give a file that hive backup made`);
  if (found['format'] > formatVersion)
    throw new HiveError(
      'store.newer',
      `${file} was written by Hive ${String(found['version'])} in form ${found['format']}, and this Hive reads forms up to ${formatVersion}; use the newer Hive`,
      { remedy: 'fix_config' },
    );
  // Written by this package, and the hash of the whole file is compared before any of it is used.
  return found as Header;
};

/** The trailer of a file; throws when the file ends before it. */
export const parseTrailer = (line: string, file: string): Trailer => {
  const found = parseLine(line);
  if (!isRecord(found) || found['end'] !== true) throw damaged(file, 'its end is missing');
  return found as Trailer; // as above
};

const parseLine = (line: string): unknown => {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return null;
  }
};
