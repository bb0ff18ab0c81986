import { HiveError, isHiveError } from '@hive/errors';
import { failpoint } from '@hive/failpoints';
import pg from 'pg';
import type { Kept } from '../upgrade/keep-store.ts';
import { hasFunctions, installFunctions } from './functions.ts';
import { migrationsOf, needsMigration, schemaOfMark, tooOld, unlikeItsMark } from '../migrations.ts';
import { lockClass, patientConfig, placeOf, sayGoodbye, type SessionKind } from './connection.ts';
import { isSqlError, postgresError } from './errors.ts';

type MigrateOptions = SessionKind & {
  readonly migrate: boolean;
  readonly known?: ReturnType<typeof migrationsOf> | undefined;
  /** Called for a store that is not new, while nobody else can write; when it throws, nothing is changed. */
  readonly before?: ((found: number) => Promise<Kept>) | undefined;
};

/**
 * Brings the database to the newest schema in one transaction, under a lock: of several processes that start at once one does it. Throws
 * `store.unavailable` where the tables are not those of its schema.
 */
export const migratePostgres = async (url: string, options: MigrateOptions): Promise<number> => {
  const known = options.known ?? migrationsOf('postgres');
  const client = new pg.Client(patientConfig(url, options));
  client.on('error', () => {});
  await client.connect();
  try {
    await assertHoldsAll(client, placeOf(url));
    const found = await schemaOf(client);
    if (!needsMigration(found, known.length, placeOf(url))) {
      if (!options.readonly && !options.known && !(await hasFunctions(client))) await installAlone(client);
      return found;
    }
    if (!options.migrate) throw tooOld(found, known.length, placeOf(url));
    // Held until the session ends, and taken before the transaction begins: one that waited inside would not see the new tables yet.
    await client.query('select pg_advisory_lock($1, 0)', [lockClass]);
    await client.query('begin');
    await change(client, { place: placeOf(url), found, known, options });
    const { command } = await client.query('commit');
    if (command !== 'COMMIT') throw new Error(`COMMIT was answered with ${command}`);
    return known.length;
  } finally {
    await sayGoodbye(client);
  }
};

/** Goals and diffs hold any character. SQL_ASCII takes every byte as it comes; all others but UTF8 lack most. */
const assertHoldsAll = async (client: pg.Client, place: string): Promise<void> => {
  const { rows } = await client.query<{ encoding: string }>(`select current_setting('server_encoding') as encoding`);
  const encoding = rows[0]?.encoding ?? '';
  if (encoding === 'UTF8' || encoding === 'SQL_ASCII') return;
  throw new HiveError('config.invalid', `${place}: the database's encoding is ${encoding}; make it with UTF8`, {
    remedy: 'fix_config',
  });
};

type Change = {
  readonly place: string;
  readonly found: number;
  readonly known: ReturnType<typeof migrationsOf>;
  readonly options: MigrateOptions;
};

/** All that the transaction of a migration does. */
const change = async (client: pg.Client, { place, found, known, options }: Change): Promise<void> => {
  let begun = found;
  let kept: Kept | undefined;
  try {
    begun = await schemaOf(client); // another process may have been faster
    if (!needsMigration(begun, known.length, place)) return;
    if (begun > 0 && options.before) {
      await client.query('set local idle_in_transaction_session_timeout = 0');
      await client.query('lock table event, stream_head, step in exclusive mode');
      kept = await options.before(begun);
    }
    for (const { sql } of known.slice(begun)) for (const statement of sql) await client.query(statement);
    if (!options.known) await installFunctions(client);
    await failpoint('migration.half');
    await client.query(
      `insert into meta (key, value) values ('schema', $1) on conflict (key) do update set value = excluded.value`,
      [String(known.length)],
    );
  } catch (error) {
    kept?.forget();
    throw isHiveError(postgresError(error, place)) ? error : unlikeItsMark(begun, place, error);
  }
};

/** Two that make the same function at the same moment would be in each other's way. */
const installAlone = async (client: pg.Client): Promise<void> => {
  await client.query('select pg_advisory_lock($1, 0)', [lockClass]);
  await installFunctions(client);
};

/** How many migrations a database has seen: 0 for an empty one, not a number for one whose mark cannot be read. */
export const schemaOf = async (client: pg.Client): Promise<number> => {
  const { rows } = await client.query<{ found: string | null }>(`select to_regclass('meta') as found`);
  if (rows[0]?.found == null) return 0;
  try {
    const meta = await client.query<{ value: string }>(`select value from meta where key = 'schema'`);
    return schemaOfMark(meta.rows[0]?.value);
  } catch (error) {
    if (isSqlError(error)) return Number.NaN; // somebody else's table
    throw error;
  }
};
