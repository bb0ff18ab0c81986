import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HiveError } from '@hive/errors';
import { readMigrationFiles, type MigrationMeta } from 'drizzle-orm/migrator';

/** The migrations of one database, oldest first. In a bundle they lie beside it, in the source at the root of the package. */
export const migrationsOf = (database: 'sqlite' | 'postgres'): readonly MigrationMeta[] => {
  const places = ['./migrations/', '../migrations/'].map((it) =>
    fileURLToPath(new URL(`${it}${database}`, import.meta.url)),
  );
  const folder = places.find((it) => existsSync(`${it}/meta/_journal.json`));
  if (folder === undefined) throw new Error(`no migrations in ${places.join(' or ')}`);
  return readMigrationFiles({ migrationsFolder: folder });
};

/** How many migrations a store has seen, by the mark that it keeps; 0 without one, and not a number where the mark is none. */
export const schemaOfMark = (mark: string | undefined): number =>
  mark === undefined ? 0 : /^\d{1,9}$/.test(mark) ? Number(mark) : Number.NaN;

/** Whether a store is to be migrated; throws `store.newer` for one that this program is too old for, `store.unavailable` where the mark is none. */
export const needsMigration = (found: number, known: number, store: string): boolean => {
  if (Number.isNaN(found)) throw unlikeItsMark(found, store);
  if (found > known)
    throw new HiveError(
      'store.newer',
      `${store} has schema ${found}, but this Hive knows schemas up to ${known}; run the newer Hive that wrote it, or restore a backup`,
      {
        remedy: 'fix_config',
        details: { found, known },
      },
    );
  return found < known;
};

/** What a program is told that may not migrate and meets an older store. */
export const tooOld = (found: number, known: number, store: string): HiveError =>
  new HiveError(
    'store.unavailable',
    `${store} has schema ${found} and needs ${known}; start Hive once to bring it up to date`,
    {
      remedy: 'fix_config',
      details: { found, known },
    },
  );

/** What a program is told whose store has other tables than its schema mark says. `cause` is what kept the next migration from being made. */
export const unlikeItsMark = (found: number, store: string, cause?: unknown): HiveError => {
  const what =
    found === 0
      ? 'has no schema mark, and its tables are in the way of those of a new store'
      : Number.isNaN(found)
        ? 'has a schema mark that is no whole number, so its tables are not those of any schema'
        : `is marked as schema ${found}, and its tables are not those of that schema`;
  const said = cause instanceof Error ? ` (${cause.message})` : '';
  return new HiveError(
    'store.unavailable',
    `${store} ${what}${said}. Nothing was changed; restore the copy in backups of HIVE_HOME, or take an empty database`,
    { remedy: 'fix_config', cause },
  );
};
