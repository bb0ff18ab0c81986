import { failpoint } from '@hive/failpoints';
import pg from 'pg';
import { hasFunctions, installFunctions } from './functions.ts';
import { migrationsOf, needsMigration, tooOld } from '../migrations.ts';
import { lockClass, patientConfig, placeOf, sayGoodbye, type SessionKind } from './connection.ts';

/** Brings the database to the newest schema in one transaction, under a lock: of several processes that start at once one does it. */
export const migratePostgres = async (
  url: string,
  options: SessionKind & {
    readonly migrate: boolean;
    readonly known?: ReturnType<typeof migrationsOf> | undefined;
    /** Called for a store that is not new, while nobody else can write; when it throws, nothing is changed. */
    readonly before?: ((found: number) => Promise<void>) | undefined;
  },
): Promise<number> => {
  const known = options.known ?? migrationsOf('postgres');
  const client = new pg.Client(patientConfig(url, options));
  client.on('error', () => {});
  await client.connect();
  try {
    const found = await schemaOf(client);
    if (!needsMigration(found, known.length, placeOf(url))) {
      if (!options.readonly && !options.known && !(await hasFunctions(client))) await installAlone(client);
      return found;
    }
    if (!options.migrate) throw tooOld(found, known.length, placeOf(url));
    // Held until the session ends, and taken before the transaction begins: one that waited inside would not see the new tables yet.
    await client.query('select pg_advisory_lock($1, 0)', [lockClass]);
    await client.query('begin');
    const begun = await schemaOf(client); // another process may have been faster
    if (begun > 0 && begun < known.length && options.before) {
      await client.query('set local idle_in_transaction_session_timeout = 0');
      await client.query('lock table event, stream_head, step in exclusive mode');
      await options.before(begun);
    }
    for (const { sql } of known.slice(begun)) for (const statement of sql) await client.query(statement);
    if (!options.known) await installFunctions(client);
    await failpoint('migration.half');
    await client.query(
      `insert into meta (key, value) values ('schema', $1) on conflict (key) do update set value = excluded.value`,
      [String(known.length)],
    );
    const { command } = await client.query('commit');
    if (command !== 'COMMIT') throw new Error(`COMMIT was answered with ${command}`);
    return known.length;
  } finally {
    await sayGoodbye(client);
  }
};

/** Two that make the same function at the same moment would be in each other's way. */
const installAlone = async (client: pg.Client): Promise<void> => {
  await client.query('select pg_advisory_lock($1, 0)', [lockClass]);
  await installFunctions(client);
};

/** How many migrations a database has seen; 0 for an empty one. */
export const schemaOf = async (client: pg.Client): Promise<number> => {
  const { rows } = await client.query<{ found: string | null }>(`select to_regclass('meta') as found`);
  if (rows[0]?.found == null) return 0;
  const meta = await client.query<{ value: string }>(`select value from meta where key = 'schema'`);
  return Number(meta.rows[0]?.value ?? 0);
};
