import type pg from 'pg';
import type { Row, Statement } from '../dialect.ts';

/** The number under which all locks of Hive lie, apart from those of other programs: "HIVE". */
export const lockClass = 0x48495645;

/** Settings of every session: a writer that stops in mid-transaction would hold back all readers (STORE section 2.3). */
export const sessionConfig = (url: string, options: { readonly readonly: boolean }): pg.ClientConfig => ({
  connectionString: url,
  application_name: 'hive',
  connectionTimeoutMillis: 5_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  idle_in_transaction_session_timeout: 5_000,
  statement_timeout: 30_000,
  lock_timeout: 5_000,
  // The client stops waiting a little later than the server, for lines that are dead in one direction.
  query_timeout: 35_000,
  options: `-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3${options.readonly ? ' -c default_transaction_read_only=on' : ''}`,
  types: { getTypeParser: () => asText },
});

/** Values stay the texts that the server sent; `rows.ts` knows which of them are numbers and which are JSON. */
const asText = (value: unknown): unknown => value;

/** The database's name for people, without user and password. */
export const placeOf = (url: string): string => {
  const { hostname, port, pathname } = new URL(url);
  return `PostgreSQL at ${hostname || 'localhost'}:${port || '5432'}${pathname}`;
};

type Queryable = { query(text: string, values: unknown[]): Promise<pg.QueryResult> };

/** Runs a statement whose values are marked by `?`. */
export const runOn = async (on: Queryable, { sql, values }: Statement): Promise<readonly Row[]> =>
  (await on.query(numbered(sql), [...values])).rows as Row[];

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
