import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HiveError } from '@hive/errors';
import type { Read } from './dialect.ts';

/** The file in a home that tells it from every other one; a folder that several machines share has one. */
const fileIn = (home: string): string => join(home, 'home-id');

const knownId = (home: string): string | null => {
  try {
    return readFileSync(fileIn(home), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

/** The id of a home, made when it has none. */
export const homeIdOf = (home: string): string => {
  const file = fileIn(home);
  const known = knownId(home);
  if (known !== null) return known;
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const half = `${file}.${randomUUID()}`;
  writeFileSync(half, `${randomUUID()}\n`);
  try {
    linkSync(half, file); // never seen half written, and whoever is first wins
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(half, { force: true });
  }
  return knownId(home) ?? '';
};

/** The id of the other home that a store was written down for; null where it is this one, or none. Writes nothing. */
export const foreignHome = async (read: Read, home: string): Promise<string | null> => {
  const [mark] = await read(`select value from meta where key = 'home'`);
  const id = mark?.['value'];
  return typeof id === 'string' && id !== knownId(home) ? id : null;
};

/** What a process says that was started on another home than the one whose artefacts belong to the database. */
export const otherHome = (home: string, { place, id }: { readonly place: string; readonly id: string }): HiveError =>
  new HiveError(
    'config.invalid',
    `${place} belongs to another HIVE_HOME than ${home}: patches, evidence and mirrors lie in files there and would be missing here. Set HIVE_HOME to the same folder on every machine (a shared one), or, when the other is gone for good, write ${id} into ${fileIn(home)}`,
    { remedy: 'fix_config' },
  );
