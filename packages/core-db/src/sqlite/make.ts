import { closeSync, openSync } from 'node:fs';
import { whileBusy } from './while-busy.ts';
import { connect, type Connection } from './connection.ts';
import { sqliteError } from './errors.ts';
import { migrateSqlite, type Migrations } from './migrate.ts';

/** Makes a file that holds the tables of these migrations, or brings one up to them. */
export const makeSqlite = async (file: string, known: Migrations): Promise<void> => {
  let connection: Connection | null = null;
  try {
    // Made before SQLite does, because the log beside it gets the mode that the file has then.
    closeSync(openSync(file, 'a', 0o600));
    connection = await whileBusy(() => connect(file, { readonly: false }));
    await migrateSqlite(connection, file, { migrate: true, known });
  } catch (error) {
    throw sqliteError(error, file);
  } finally {
    connection?.close();
  }
};
