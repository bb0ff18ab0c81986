import { sql } from 'drizzle-orm';
import * as pg from 'drizzle-orm/pg-core';
import * as sqlite from 'drizzle-orm/sqlite-core';

const xid8 = pg.customType<{ data: string }>({ dataType: () => 'xid8' });

type HeadColumns<C> = { readonly kind: C; readonly state: C; readonly id: C };
type OpenStepColumns<C> = { readonly state: C; readonly holder: C; readonly workflowId: C; readonly stream: C };

/** The few kinds of columns that the tables use, as SQLite has them. JSON is kept as the text that was written. */
const forSqlite = {
  table: sqlite.sqliteTable,
  index: sqlite.index,
  /** The order in which the log is read: on SQLite that of the positions. */
  logOrder: (_xid: sqlite.AnySQLiteColumn, _position: sqlite.AnySQLiteColumn): sqlite.IndexBuilder[] => [],
  /** Where open steps are found: those of a stream, and the claimed ones. */
  openSteps: (t: OpenStepColumns<sqlite.AnySQLiteColumn>): sqlite.IndexBuilder[] => [
    sqlite
      .index('step_claimed')
      .on(t.holder)
      .where(sql`state = 'claimed'`),
    sqlite
      .index('step_open')
      .on(t.workflowId, t.stream)
      .where(sql`state not in ('done', 'cancelled')`),
  ],
  /** Where the heads in one state are found and counted, without reading all the others. */
  headStates: (t: HeadColumns<sqlite.AnySQLiteColumn>): sqlite.IndexBuilder[] => [
    sqlite.index('head_state').on(t.kind, t.state, t.id),
  ],
  unique: sqlite.uniqueIndex,
  key: (...columns: [sqlite.AnySQLiteColumn, ...sqlite.AnySQLiteColumn[]]) => sqlite.primaryKey({ columns }),
  text: (name: string) => sqlite.text(name),
  count: (name: string) => sqlite.integer(name),
  share: (name: string) => sqlite.real(name),
  json: (name: string) => sqlite.text(name),
  /** Numbers that are never used again, not even after the last row was deleted. */
  serial: (name: string) => sqlite.integer(name).primaryKey({ autoIncrement: true }),
  /** The transaction that wrote the row last. */
  xid: (name: string) => sqlite.text(name).notNull().default('0'),
};

/** The column kit: same names and the same JavaScript values for both databases. */
export type Columns = typeof forSqlite;

const forPostgres = {
  table: pg.pgTable,
  index: pg.index,
  logOrder: (xid: pg.AnyPgColumn, position: pg.AnyPgColumn) => [pg.index('event_order').on(xid, position)],
  // One for both: a step that changes its state is written anew into each index that it is in.
  openSteps: (t: OpenStepColumns<pg.AnyPgColumn>) => [
    pg
      .index('step_open')
      .on(t.state, t.workflowId, t.stream)
      .where(sql`state not in ('done', 'cancelled')`),
  ],
  // None: a row whose indexed columns stay is written into no index at all (HOT), and a state changes with most events.
  headStates: () => [],
  unique: pg.uniqueIndex,
  key: (...columns: [pg.AnyPgColumn, ...pg.AnyPgColumn[]]) => pg.primaryKey({ columns }),
  text: (name: string) => pg.text(name),
  count: (name: string) => pg.bigint(name, { mode: 'number' }),
  share: (name: string) => pg.doublePrecision(name),
  // `json` and not `jsonb`: what was appended is what is read, with the order of its keys.
  json: (name: string) => pg.json(name),
  serial: (name: string) => pg.bigint(name, { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
  xid: (name: string) =>
    xid8(name)
      .notNull()
      .default(sql`pg_current_xact_id()`),
};

// Same keys and the same values on both sides, so the types of SQLite stand for both.
export const columns = { sqlite: forSqlite, postgres: forPostgres as unknown as Columns };
