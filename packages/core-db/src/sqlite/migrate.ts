import { failpointSync } from '@hive/failpoints';
import { migrationsOf, needsMigration, tooOld } from '../migrations.ts';
import type { Connection } from './connection.ts';
import { whileBusy } from './while-busy.ts';

/** Migrations, oldest first. */
export type Migrations = ReturnType<typeof migrationsOf>;

/** How a file is migrated. `before` is called for a store that is not new, while nobody else can write; when it throws, nothing is changed. */
export type MigrateOptions = {
  readonly migrate: boolean;
  readonly known?: Migrations | undefined;
  readonly before?: ((found: number) => Promise<void>) | undefined;
};

/** Brings the file to the newest schema, in one transaction: another process that starts meanwhile waits and finds it done. */
export const migrateSqlite = async (connection: Connection, file: string, options: MigrateOptions): Promise<number> => {
  const known = options.known ?? migrationsOf('sqlite');
  const found = schemaOf(connection);
  if (!needsMigration(found, known.length, file)) return found;
  if (!options.migrate) throw tooOld(found, known.length, file);
  await whileBusy(() => connection.exec('begin immediate'));
  try {
    const begun = schemaOf(connection); // another process may have been faster
    if (begun > 0 && begun < known.length) await options.before?.(begun);
    for (const { sql } of known.slice(begun)) for (const statement of sql) connection.exec(statement);
    failpointSync('migration.half');
    connection.run({
      sql: `insert into meta (key, value) values ('schema', ?) on conflict (key) do update set value = excluded.value`,
      values: [String(known.length)],
    });
    connection.exec('commit');
  } catch (error) {
    if (connection.inTransaction()) connection.exec('rollback');
    throw error;
  }
  return known.length;
};

/** How many migrations a file has seen; 0 for an empty one. */
export const schemaOf = (connection: Connection): number => {
  const [table] = connection.run({
    sql: `select 1 from sqlite_schema where type = 'table' and name = 'meta'`,
    values: [],
  });
  if (!table) return 0;
  const [row] = connection.run({ sql: `select value from meta where key = 'schema'`, values: [] });
  return Number(row?.['value'] ?? 0);
};
