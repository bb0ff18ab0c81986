import Database from 'better-sqlite3';
import type { Row, Statement } from '../dialect.ts';

/** One connection: runs a statement and answers its rows. Statements are prepared once. */
export type Connection = {
  readonly run: (statement: Statement) => readonly Row[];
  /** Runs a statement that answers no rows, and tells how many it has changed; cheaper than `returning`. */
  readonly change: (statement: Statement) => number;
  readonly exec: (sql: string) => void;
  readonly inTransaction: () => boolean;
  readonly close: () => void;
};

/** What a commit waits for. `full`: the disk, always. `normal`: the disk at checkpoints only. */
export type Synchronous = 'full' | 'normal';

/** How a file is opened. */
export type ConnectOptions = { readonly readonly: boolean; readonly synchronous?: Synchronous };

/** So many texts of statements are kept prepared, twice; lists of different lengths make different texts. */
const keptStatements = 200;

const levels = { full: 2, normal: 1 } as const;

/**
 * Opens a connection with the settings that the promises rest on, and checks that they took. `readonly` opens a file that exists.
 * A writing connection never waits for a lock by itself: whoever meets one waits outside, with the event loop free. Readers meet one only
 * while another process opens or closes the file.
 */
export const connect = (file: string, { readonly, synchronous = 'full' }: ConnectOptions): Connection => {
  const db = new Database(file, { timeout: 2_000, ...(readonly ? { readonly: true, fileMustExist: true } : {}) });
  try {
    if (!readonly) {
      setting(db, 'journal_mode', 'WAL', 'wal');
      setting(db, 'synchronous', synchronous, levels[synchronous]);
      // Only macOS knows the difference: there fsync leaves what was written in the disk's own memory.
      setting(db, 'fullfsync', 'ON', 1);
      setting(db, 'checkpoint_fullfsync', 'ON', 1);
      // What a savepoint keeps for a way back needs no file.
      setting(db, 'temp_store', 'MEMORY', 2);
      // In KiB. SQLite's own two megabytes hold less than what a few thousand streams need, and each page that is missing is read anew.
      setting(db, 'cache_size', '-16000', -16_000);
    }
    setting(db, 'foreign_keys', 'ON', 1);
    if (!readonly) setting(db, 'busy_timeout', '0', 0);
  } catch (error) {
    db.close();
    throw error;
  }
  const prepared = createKept((sql) => db.prepare(sql));
  return {
    run: ({ sql, values }) => {
      const statement = prepared(sql);
      if (statement.reader) return statement.all(...values) as readonly Row[];
      statement.run(...values);
      return [];
    },
    change: ({ sql, values }) => prepared(sql).run(...values).changes,
    exec: (sql) => void db.exec(sql),
    inTransaction: () => db.inTransaction,
    close: () => void db.close(),
  };
};

/** Makes each thing once and keeps those that are asked for again: when many are kept, the ones that were not are left behind. */
const createKept = <T>(make: (key: string) => T): ((key: string) => T) => {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  return (key) => {
    const known = young.get(key);
    if (known) return known;
    if (young.size >= keptStatements) {
      old = young;
      young = new Map();
    }
    const made = old.get(key) ?? make(key);
    young.set(key, made);
    return made;
  };
};

/** A number that changes when another connection has committed. */
export const dataVersion = (connection: Connection): number =>
  Number(connection.run({ sql: 'pragma data_version', values: [] })[0]?.['data_version']);

const setting = (db: Database.Database, name: string, value: string, expected: string | number): void => {
  db.pragma(`${name} = ${value}`);
  const found: unknown = db.pragma(name, { simple: true });
  if (found !== expected) throw new Error(`SQLite refused ${name} = ${value} and stays at ${String(found)}`);
};
