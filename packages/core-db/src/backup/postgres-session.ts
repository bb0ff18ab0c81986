import pg from 'pg';
import { postgresDialect as on } from '../dialect.ts';
import { migrationsOf, needsMigration } from '../migrations.ts';
import { placeOf, runOn, sessionConfig } from '../postgres/connection.ts';
import { postgresError } from '../postgres/errors.ts';
import { schemaOf } from '../postgres/migrate.ts';
import { HiveError } from '@hive/errors';
import { ownTables, tablesOf, type Column, type Purpose, type Session } from './session.ts';

/** A session on a PostgreSQL database. It may take long and waits for nobody's answer, so the time limits of other sessions are off. */
export const openPostgresSession = async (url: string, purpose: Purpose): Promise<Session> => {
  const place = placeOf(url);
  const client = new pg.Client({
    ...sessionConfig(url, { readonly: purpose === 'read' }),
    statement_timeout: 0,
    query_timeout: 0,
    lock_timeout: 60_000,
    idle_in_transaction_session_timeout: 0,
  });
  client.on('error', () => {}); // the statement under way fails and says why
  const guarded = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      throw postgresError(error, place);
    }
  };
  await guarded(() => client.connect());
  try {
    const schema = await guarded(() => schemaOf(client));
    if (schema === 0)
      throw new HiveError('store.unavailable', `There is no store in ${place}; start Hive once to make it`, {
        remedy: 'fix_config',
      });
    needsMigration(schema, migrationsOf('postgres').length, place);
    await guarded(() => beginFor(client, purpose));
    const tables = await guarded(() => tablesIn(client));
    return {
      on,
      place,
      schema,
      tables,
      run: (sql, values = []) => guarded(() => runOn(client, { sql, values })),
      insert: (table, columns, rows) => guarded(() => insertInto(client, { table, columns, rows })),
      end: async (how) => {
        try {
          const { command } = await guarded(() => client.query(how));
          // A failed transaction answers COMMIT with ROLLBACK and no error.
          if (how === 'commit' && command !== 'COMMIT') throw new Error(`COMMIT was answered with ${command}`);
        } finally {
          await client.end();
        }
      },
    };
  } catch (error) {
    await client.end();
    throw error;
  }
};

const beginFor = async (client: pg.Client, purpose: Purpose): Promise<void> => {
  if (purpose === 'read') {
    // A reader of one moment does not hold back the others.
    await client.query('begin isolation level repeatable read read only');
    return;
  }
  await client.query('begin');
  await client.query(
    `lock table event, stream_head, step, trace in ${purpose === 'fill' ? 'access exclusive' : 'exclusive'} mode`,
  );
};

type Rows = {
  readonly table: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly unknown[])[];
};

const types = { text: 'text', json: 'json', whole: 'bigint', real: 'double precision', xid: 'xid8' } as const;

/** One array for each column: the statement stays the same however many rows there are. */
const insertInto = async (client: pg.Client, { table, columns, rows }: Rows): Promise<void> => {
  if (rows.length === 0) return;
  const names = columns.map((it) => `"${it.name}"`).join(', ');
  const arrays = columns.map((it, at) => `$${at + 1}::${types[it.kind]}[]`).join(', ');
  await client.query(
    `insert into "${table}" (${names}) select * from unnest(${arrays})`,
    columns.map((_, at) => rows.map((row) => row[at])),
  );
};

const kinds: Readonly<Record<string, Column['kind']>> = {
  text: 'text',
  json: 'json',
  bigint: 'whole',
  'double precision': 'real',
  xid8: 'xid',
};

const tablesIn = async (client: pg.Client): Promise<Session['tables']> => {
  const own = ownTables('postgres');
  const rows = await runOn(client, {
    sql: `select c.relname as "table", a.attname as "column", format_type(a.atttypid, null) as type,
        coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0) as pk
      from pg_class c join pg_attribute a on a.attrelid = c.oid left join pg_index i on i.indrelid = c.oid and i.indisprimary
      where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped`,
    values: [],
  });
  return tablesOf(
    rows
      .filter((row) => own.has(row['table'] as string))
      .map((row) => {
        const [table, name] = [row['table'] as string, row['column'] as string];
        // The cursor of a subscription is kept as text; it is a mark of a transaction all the same.
        const kind = name === 'xid' ? 'xid' : kinds[row['type'] as string];
        if (kind === undefined) throw new Error(`${table}.${name} is of a kind that no copy knows`);
        return { table, column: { name, kind }, key: Number(row['pk']) };
      }),
  );
};
