import Database from 'better-sqlite3';
import type { Row, Statement } from '../dialect.ts';

/** One connection: runs a statement and answers its rows. Statements are prepared once. */
export type Connection = {
  readonly run: (statement: Statement) => readonly Row[];
  readonly exec: (sql: string) => void;
  readonly inTransaction: () => boolean;
  readonly close: () => void;
};

/** So many texts of statements are kept prepared; lists of different lengths make different texts. */
const keptStatements = 300;

/**
 * Opens a connection with the settings that the promises rest on, and checks that they took. `readonly` opens a file that exists.
 * A writing connection never waits for a lock by itself: whoever meets one waits outside, with the event loop free. Readers meet one only
 * while another process opens or closes the file.
 */
export const connect = (file: string, options: { readonly readonly: boolean }): Connection => {
  const db = new Database(file, {
    timeout: 2_000,
    ...(options.readonly ? { readonly: true, fileMustExist: true } : {}),
  });
  try {
    if (!options.readonly) {
      setting(db, 'journal_mode', 'WAL', 'wal');
      setting(db, 'synchronous', 'FULL', 2);
    }
    setting(db, 'foreign_keys', 'ON', 1);
    if (!options.readonly) setting(db, 'busy_timeout', '0', 0);
  } catch (error) {
    db.close();
    throw error;
  }
  const prepared = new Map<string, Database.Statement>();
  return {
    run: ({ sql, values }) => {
      let statement = prepared.get(sql);
      if (!statement) {
        if (prepared.size >= keptStatements) prepared.clear();
        statement = db.prepare(sql);
        prepared.set(sql, statement);
      }
      if (statement.reader) return statement.all(...values) as readonly Row[];
      statement.run(...values);
      return [];
    },
    exec: (sql) => void db.exec(sql),
    inTransaction: () => db.inTransaction,
    close: () => void db.close(),
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
