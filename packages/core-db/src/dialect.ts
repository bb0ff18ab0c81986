import type { Cursor } from './port.ts';

/** What a statement may be given, and what a row consists of. */
export type Value = string | number | null;
export type Row = Readonly<Record<string, unknown>>;

/** One statement with `?` for its values, in the words that both databases understand. */
export type Statement = { readonly sql: string; readonly values: readonly Value[] };

/** Runs a statement outside of any write. `often`: its plan is worth keeping. */
export type Read = (
  sql: string,
  values?: readonly Value[],
  options?: { readonly often?: boolean },
) => Promise<readonly Row[]>;

/** The few words that differ between the databases. */
export type Dialect = {
  readonly name: 'sqlite' | 'postgres';
  /** The database's time as ISO text with milliseconds. */
  readonly clock: string;
  /** Which events a reader may see: on PostgreSQL nothing newer than the oldest transaction that still writes. */
  readonly visible: string;
  /** The order of the log, and the conditions for what comes after a cursor and up to one. */
  readonly order: (way: 'forwards' | 'backwards') => string;
  readonly after: (cursor: Cursor) => Statement;
  readonly upTo: (cursor: Cursor) => Statement;
};

export const sqliteDialect: Dialect = {
  name: 'sqlite',
  clock: `strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`,
  visible: 'true',
  order: (way) => (way === 'forwards' ? 'position' : 'position desc'),
  after: ({ position }) => ({ sql: 'position > ?', values: [position] }),
  upTo: ({ position }) => ({ sql: 'position <= ?', values: [position] }),
};

export const postgresDialect: Dialect = {
  name: 'postgres',
  clock: `to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  visible: 'xid < pg_snapshot_xmin(pg_current_snapshot())',
  order: (way) => (way === 'forwards' ? 'event.xid, position' : 'event.xid desc, position desc'),
  after: (cursor) => placed('>', cursor),
  upTo: (cursor) => placed('<=', cursor),
};

/** The pair is compared as a whole; bounding by one and sorting by the other skips events (STORE section 2.1). */
const placed = (than: '>' | '<=', { xid, position }: Cursor): Statement => ({
  sql: `(event.xid, position) ${than} (cast(? as xid8), cast(? as bigint))`,
  values: [xid, position],
});

/** `?, ?, ?`; for none a list that holds nothing. */
export const marks = (count: number): string =>
  count === 0 ? 'null' : Array.from({ length: count }, () => '?').join(', ');

/** `(?, ?), (?, ?)`. */
export const tuples = (rows: number, columns: number): string =>
  Array.from({ length: rows }, () => `(${marks(columns)})`).join(', ');
