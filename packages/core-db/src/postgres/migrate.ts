import { failpoint } from '@hive/failpoints';
import pg from 'pg';
import { migrationsOf, needsMigration, tooOld } from '../migrations.ts';
import { lockClass, placeOf, sessionConfig } from './connection.ts';

/** Brings the database to the newest schema in one transaction, under a lock: of several processes that start at once one does it. */
export const migratePostgres = async (
  url: string,
  options: { readonly migrate: boolean; readonly readonly: boolean },
): Promise<number> => {
  const known = migrationsOf('postgres');
  const client = new pg.Client({
    ...sessionConfig(url, options),
    statement_timeout: 0,
    lock_timeout: 60_000,
    query_timeout: 0,
  });
  client.on('error', () => {});
  await client.connect();
  try {
    const found = await schemaOf(client);
    if (!needsMigration(found, known.length, placeOf(url))) return found;
    if (!options.migrate) throw tooOld(found, known.length, placeOf(url));
    await failpoint('migration.half');
    // Held until the session ends, and taken before the transaction begins: one that waited inside would not see the new tables yet.
    await client.query('select pg_advisory_lock($1, 0)', [lockClass]);
    await client.query('begin');
    for (const { sql } of known.slice(await schemaOf(client)))
      for (const statement of sql) await client.query(statement);
    await client.query(
      `insert into meta (key, value) values ('schema', $1) on conflict (key) do update set value = excluded.value`,
      [String(known.length)],
    );
    const { command } = await client.query('commit');
    if (command !== 'COMMIT') throw new Error(`COMMIT was answered with ${command}`);
    return known.length;
  } finally {
    await client.end();
  }
};

const schemaOf = async (client: pg.Client): Promise<number> => {
  const { rows } = await client.query<{ found: string | null }>(`select to_regclass('meta') as found`);
  if (rows[0]?.found == null) return 0;
  const meta = await client.query<{ value: string }>(`select value from meta where key = 'schema'`);
  return Number(meta.rows[0]?.value ?? 0);
};
