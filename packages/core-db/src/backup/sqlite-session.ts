import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HiveError } from '@hive/errors';
import { sqliteDialect as on } from '../dialect.ts';
import { migrationsOf, needsMigration } from '../migrations.ts';
import { connect, type Connection } from '../sqlite/connection.ts';
import { isBusy, sqliteError } from '../sqlite/errors.ts';
import { schemaOf } from '../sqlite/migrate.ts';
import { whileBusy } from '../sqlite/while-busy.ts';
import { ownTables, tablesOf, type Column, type Purpose, type Session } from './session.ts';

const begin = { read: 'begin', change: 'begin immediate', fill: 'begin exclusive' } as const;

/** A session on the file of a home. */
export const openSqliteSession = async (home: string, purpose: Purpose): Promise<Session> => {
  const file = join(home, 'hive.db');
  if (!existsSync(file))
    throw new HiveError('store.unavailable', `There is no store at ${file}; start Hive once to make it`, {
      remedy: 'fix_config',
    });
  let connection: Connection | null = null;
  try {
    const opened = await whileBusy(() => connect(file, { readonly: purpose === 'read' }));
    connection = opened;
    const schema = schemaOf(opened);
    needsMigration(schema, migrationsOf('sqlite').length, file);
    // Without a second file beside it a large transaction writes each page once, and a crash undoes it just as well.
    if (purpose === 'fill') {
      leaveWal(opened, file);
      opened.exec('pragma cache_size = -131072'); // 128 MB
    }
    await whileBusy(() => opened.exec(begin[purpose]));
    const session = sessionOn(opened, { file, schema, purpose });
    // A transaction that only reads sees the moment of its first statement.
    await session.run('select count(*) from meta');
    return session;
  } catch (error) {
    connection?.close();
    throw sqliteError(error, file);
  }
};

/** Succeeds only for the one process that has the file open. */
const leaveWal = (connection: Connection, file: string): void => {
  try {
    journal(connection, 'delete');
  } catch (error) {
    if (!isBusy(error)) throw error;
    throw new HiveError(
      'store.unavailable',
      `${file} is open in another process; stop Hive (hive down) and try again`,
      {
        remedy: 'fix_config',
        cause: error,
      },
    );
  }
};

const journal = (connection: Connection, mode: 'delete' | 'wal'): void => {
  connection.exec(`pragma journal_mode = ${mode}`);
  const [found] = connection.run({ sql: 'pragma journal_mode', values: [] });
  if (found?.['journal_mode'] !== mode) throw new Error(`SQLite refused journal_mode = ${mode}`);
};

const sessionOn = (
  connection: Connection,
  { file, schema, purpose }: { readonly file: string; readonly schema: number; readonly purpose: Purpose },
): Session => {
  const guarded = async <T>(act: () => T): Promise<T> => {
    try {
      return act();
    } catch (error) {
      throw sqliteError(error, file);
    }
  };
  return {
    on,
    place: file,
    schema,
    tables: tablesIn(connection),
    run: (sql, values = []) => guarded(() => connection.run({ sql, values })),
    insert: (table, columns, rows) =>
      guarded(() => {
        const sql = `insert into "${table}" (${columns.map((it) => `"${it.name}"`).join(', ')}) values (${columns.map(() => '?').join(', ')})`;
        for (const values of rows) connection.run({ sql, values });
      }),
    end: async (how) => {
      try {
        if (connection.inTransaction()) connection.exec(how);
        if (purpose === 'fill') await whileBusy(() => journal(connection, 'wal'));
      } catch (error) {
        throw sqliteError(error, file);
      } finally {
        connection.close();
      }
    },
  };
};

const kinds: Readonly<Record<string, Column['kind']>> = { TEXT: 'text', INTEGER: 'whole', REAL: 'real' };

const tablesIn = (connection: Connection): Session['tables'] => {
  const own = ownTables('sqlite');
  const rows = connection.run({
    sql: `select m.name as "table", c.name as "column", c.type, c.pk from sqlite_schema m join pragma_table_info(m.name) c where m.type = 'table'`,
    values: [],
  });
  return tablesOf(
    rows
      .filter((row) => own.has(row['table'] as string))
      .map((row) => {
        const name = row['column'] as string;
        const kind = name === 'xid' ? 'xid' : kinds[(row['type'] as string).toUpperCase()];
        if (kind === undefined) throw new Error(`${String(row['table'])}.${name} is of a kind that no copy knows`);
        return { table: row['table'] as string, column: { name, kind }, key: Number(row['pk']) };
      }),
  );
};
