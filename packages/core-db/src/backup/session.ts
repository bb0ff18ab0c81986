import type { Dialect, Read, Value } from '../dialect.ts';
import { foreignHome, otherHome } from '../home-mark.ts';
import { migrationsOf } from '../migrations.ts';
import type { OpenOptions } from '../open-store.ts';

/** How a column is kept, as far as a copy has to know. `xid` is the mark of a transaction, which means nothing elsewhere. */
export type Column = { readonly name: string; readonly kind: 'text' | 'json' | 'whole' | 'real' | 'xid' };

/** One of Hive's tables as this store has it, whatever its schema. */
export type Table = { readonly name: string; readonly columns: readonly Column[]; readonly key: readonly string[] };

/**
 * What a session is for. `read`: one consistent moment while others write. `change`: alone with the projections. `fill`: alone with a store
 * that is to be filled in one transaction.
 */
export type Purpose = 'read' | 'change' | 'fill';

/** One transaction on a connection of its own, over a store of any schema that this program knows. */
export type Session = {
  readonly on: Dialect;
  /** The store's name for people, without secrets. */
  readonly place: string;
  readonly schema: number;
  readonly tables: readonly Table[];
  readonly run: Read;
  /** Adds whole rows; `rows` hold the values in the order of `columns`. */
  readonly insert: (table: string, columns: readonly Column[], rows: readonly (readonly Value[])[]) => Promise<void>;
  /** Ends the transaction and closes the connection. */
  readonly end: (how: 'commit' | 'rollback') => Promise<void>;
};

/** Opens a session on a store that is there. Throws the port's errors, `store.newer` among them; an older schema is taken as it is. */
export const openSession = async ({ url, home }: OpenOptions, purpose: Purpose): Promise<Session> =>
  url === undefined
    ? (await import('./sqlite-session.ts')).openSqliteSession(home, purpose)
    : (await import('./postgres-session.ts')).openPostgresSession(url, purpose);

/** Runs something in a session: committed when it resolves, rolled back when it throws. */
export const inSession = async <T>(
  options: OpenOptions,
  purpose: Purpose,
  act: (session: Session) => Promise<T>,
): Promise<T> => {
  const session = await openSession(options, purpose);
  let result: T;
  try {
    result = await act(session);
  } catch (error) {
    await session.end('rollback').catch(() => {}); // the first error says more
    throw error;
  }
  await session.end(purpose === 'read' ? 'rollback' : 'commit');
  return result;
};

/** Throws `config.invalid` where the store was written down for another home: its artefacts would be missing. */
export const assertOwnHome = async ({ run, place }: Session, home: string): Promise<void> => {
  const id = await foreignHome(run, home);
  if (id !== null) throw otherHome(home, { place, id });
};

/** Names of the tables that any migration of Hive has made; others in the same database are not Hive's. */
export const ownTables = (database: 'sqlite' | 'postgres'): ReadonlySet<string> =>
  new Set(
    migrationsOf(database).flatMap(({ sql }) =>
      sql.flatMap((text) => [...text.matchAll(/^\s*create table ["`]?(\w+)/gim)].map((found) => found[1] ?? '')),
    ),
  );

/** Columns in one order for all databases and schemas: by name. */
export const tablesOf = (
  found: readonly { readonly table: string; readonly column: Column; readonly key: number }[],
): readonly Table[] =>
  [...new Set(found.map((it) => it.table))].sort().map((name) => {
    const mine = found.filter((it) => it.table === name);
    const key = mine.filter((it) => it.key > 0).sort((a, b) => a.key - b.key);
    return {
      name,
      columns: mine.map((it) => it.column).sort((a, b) => (a.name < b.name ? -1 : 1)),
      key: key.map((it) => it.column.name),
    };
  });
