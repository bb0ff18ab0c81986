import type { Cursor } from './port.ts';

/** What a statement may be given, and what a row consists of. */
export type Value = string | number | null;
export type Row = Readonly<Record<string, unknown>>;

/** One statement with `?` for its values, in the words that both databases understand. */
export type Statement = { readonly sql: string; readonly values: readonly Value[] };

/** Runs a statement outside of any write. */
export type Read = (sql: string, values?: readonly Value[]) => Promise<readonly Row[]>;

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
  /** A row that a later transaction wrote is not ours to build on (STORE section 2.2); writing it leaves our mark. */
  readonly guard: string;
  readonly stamp: string;
  readonly least: string;
  readonly greatest: string;
  /** True when every capability of a step is among `count` given values. */
  readonly capable: (count: number) => string;
};

export const sqliteDialect: Dialect = {
  name: 'sqlite',
  clock: `strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`,
  visible: 'true',
  order: (way) => (way === 'forwards' ? 'position' : 'position desc'),
  after: ({ position }) => ({ sql: 'position > ?', values: [position] }),
  upTo: ({ position }) => ({ sql: 'position <= ?', values: [position] }),
  guard: '',
  stamp: '',
  least: 'min',
  greatest: 'max',
  capable: (count) => `not exists (select 1 from json_each(step.capabilities) c${foreign(count)})`,
};

export const postgresDialect: Dialect = {
  name: 'postgres',
  clock: `to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  visible: 'xid < pg_snapshot_xmin(pg_current_snapshot())',
  order: (way) => (way === 'forwards' ? 'event.xid, position' : 'event.xid desc, position desc'),
  after: (cursor) => placed('>', cursor),
  upTo: (cursor) => placed('<=', cursor),
  guard: ' and xid <= pg_current_xact_id()',
  stamp: ', xid = pg_current_xact_id()',
  least: 'least',
  greatest: 'greatest',
  capable: (count) =>
    `not exists (select 1 from json_array_elements_text(step.capabilities) c(value)${foreign(count)})`,
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

/** A capability outside of a list; `not in (null)` would be neither true nor false. */
const foreign = (count: number): string => (count === 0 ? '' : ` where c.value not in (${marks(count)})`);
