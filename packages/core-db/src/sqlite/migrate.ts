import { isHiveError } from '@hive/errors';
import { failpointSync } from '@hive/failpoints';
import { migrationsOf, needsMigration, schemaOfMark, tooOld, unlikeItsMark } from '../migrations.ts';
import type { Kept } from '../upgrade/keep-store.ts';
import type { Connection } from './connection.ts';
import { isSqlError, sqliteError } from './errors.ts';
import { whileBusy } from './while-busy.ts';

/** Migrations, oldest first. */
export type Migrations = ReturnType<typeof migrationsOf>;

/** How a file is migrated. `before` is called for a store that is not new, while nobody else can write; when it throws, nothing is changed. */
export type MigrateOptions = {
  readonly migrate: boolean;
  readonly known?: Migrations | undefined;
  readonly before?: ((found: number) => Promise<Kept>) | undefined;
};

/**
 * Brings the file to the newest schema, in one transaction: another process that starts meanwhile waits and finds it done. Throws
 * `store.unavailable` where the tables are not those of its schema.
 */
export const migrateSqlite = async (connection: Connection, file: string, options: MigrateOptions): Promise<number> => {
  const known = options.known ?? migrationsOf('sqlite');
  const found = schemaOf(connection);
  if (!needsMigration(found, known.length, file)) return found;
  if (!options.migrate) throw tooOld(found, known.length, file);
  await whileBusy(() => connection.exec('begin immediate'));
  let kept: Kept | undefined;
  try {
    const begun = schemaOf(connection); // another process may have been faster
    if (needsMigration(begun, known.length, file)) {
      if (begun > 0) kept = await options.before?.(begun);
      change(connection, { begun, known, file });
    }
  } catch (error) {
    if (connection.inTransaction()) connection.exec('rollback');
    kept?.forget();
    throw error;
  }
  connection.exec('commit');
  return known.length;
};

const change = (
  connection: Connection,
  { begun, known, file }: { readonly begun: number; readonly known: Migrations; readonly file: string },
): void => {
  try {
    for (const { sql } of known.slice(begun)) for (const statement of sql) connection.exec(statement);
    failpointSync('migration.half');
    connection.run({
      sql: `insert into meta (key, value) values ('schema', ?) on conflict (key) do update set value = excluded.value`,
      values: [String(known.length)],
    });
  } catch (error) {
    throw isHiveError(sqliteError(error, file)) ? error : unlikeItsMark(begun, file, error);
  }
};

/** How many migrations a file has seen: 0 for an empty one, not a number for one whose mark cannot be read. */
export const schemaOf = (connection: Connection): number => {
  const [table] = connection.run({
    sql: `select 1 from sqlite_schema where type = 'table' and name = 'meta'`,
    values: [],
  });
  if (!table) return 0;
  try {
    const [row] = connection.run({ sql: `select value from meta where key = 'schema'`, values: [] });
    return schemaOfMark(row && String(row['value']));
  } catch (error) {
    if (isSqlError(error)) return Number.NaN; // somebody else's table
    throw error;
  }
};
