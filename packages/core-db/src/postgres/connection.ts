import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Row, Statement } from '../dialect.ts';

/** The number under which all locks of Hive lie, apart from those of other programs: "HIVE". */
export const lockClass = 0x48495645;

/** What a session is for. `pooled`: behind a pooler that lends sessions for one transaction, which takes no settings of a session. */
export type SessionKind = { readonly readonly: boolean; readonly pooled?: boolean };

/**
 * Settings of every session. A writer that stops in mid-transaction would hold back all readers (STORE section 2.3), and whoever asks
 * while the database is away wants to hear so within five seconds. Long work sets its own limits. Compiling a plan costs a hundred times what
 * these short statements do.
 */
export const sessionConfig = (url: string, { readonly, pooled }: SessionKind): pg.ClientConfig => ({
  connectionString: url,
  application_name: 'hive',
  connectionTimeoutMillis: 3_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  // The client stops waiting a little later than the server, for lines that are dead in one direction.
  query_timeout: 4_500,
  types: { getTypeParser: () => asText },
  ...(!pooled && {
    idle_in_transaction_session_timeout: 5_000,
    statement_timeout: 4_000,
    lock_timeout: 3_000,
    options: `-c jit=off -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=15000${readonly ? ' -c default_transaction_read_only=on' : ''}`,
  }),
});

/** The same for work that may take its time: making the tables, checking the whole log. */
export const patientConfig = (url: string, kind: SessionKind): pg.ClientConfig => ({
  ...sessionConfig(url, kind),
  ...(!kind.pooled && { statement_timeout: 0, lock_timeout: 60_000 }),
  query_timeout: 0,
});

/** PostgreSQL 17 and newer can also end a transaction that keeps itself busy. Older ones do not know the setting, so it is not among the others. */
export const limitTransactions = `select set_config('transaction_timeout', '15s', false) where current_setting('server_version_num')::int >= 170000`;

/** Drops a line at once. */
export const breakOff = (client: pg.ClientBase): void => {
  // The socket is no part of the published type.
  const { connection } = client as unknown as { readonly connection?: { readonly stream?: { destroy(): void } } };
  connection?.stream?.destroy();
};

/** Ends a session in order if that is quick: an orderly goodbye over a dead line takes a quarter of an hour. */
export const sayGoodbye = async (client: pg.Client): Promise<void> => {
  await Promise.race([client.end().catch(() => {}), sleep(500, undefined, { ref: false })]);
  breakOff(client);
};

/** Values stay the texts that the server sent; `rows.ts` knows which of them are numbers and which are JSON. */
const asText = (value: unknown): unknown => value;

/** The database's name for people, without user and password. */
export const placeOf = (url: string): string => {
  const { hostname, port, pathname } = new URL(url);
  return `PostgreSQL at ${hostname || 'localhost'}:${port || '5432'}${pathname}`;
};

type Queryable = { query(config: pg.QueryConfig): Promise<pg.QueryResult> };

/** Runs a statement whose values are marked by `?`. With a name the session keeps its plan. */
export const runOn = async (on: Queryable, { sql, values }: Statement, name?: string): Promise<readonly Row[]> =>
  (await on.query({ text: numbered(sql), values: [...values], ...(name !== undefined && { name }) })).rows as Row[];

const names = new Map<string, string>();

/** So many plans a session keeps; filters can be combined in any number of ways. */
const mostNames = 50;

/** A name for a statement that is run often, unless there are too many. */
export const nameOf = (sql: string): string | undefined => {
  const known = names.get(sql);
  if (known !== undefined || names.size >= mostNames) return known;
  const name = `often_${createHash('sha256').update(sql).digest('hex').slice(0, 12)}`;
  names.set(sql, name);
  return name;
};

const texts = new Map<string, string>();

/** `?` as `$1`, `$2`, … No statement of this package has a question mark elsewhere. */
const numbered = (sql: string): string => {
  const known = texts.get(sql);
  if (known !== undefined) return known;
  let count = 0;
  const text = sql.replace(/\?/g, () => `$${++count}`);
  if (texts.size > 500) texts.clear();
  texts.set(sql, text);
  return text;
};
