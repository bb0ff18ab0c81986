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

/** Whether a store is to be migrated; throws `store.newer` for one that this program is too old for. */
export const needsMigration = (found: number, known: number, store: string): boolean => {
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
