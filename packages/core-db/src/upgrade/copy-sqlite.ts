import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { connect } from '../sqlite/connection.ts';
import { sqliteError } from '../sqlite/errors.ts';

/** Copies a database file that may be open, never by copying its bytes, and checks the copy before it gets its name. */
export const copySqlite = (from: string, to: string): void => {
  const half = `${to}.half`;
  try {
    // An empty file may be filled, and has the mode that it was made with.
    closeSync(openSync(half, 'wx', 0o600));
    const source = connect(from, { readonly: true });
    try {
      source.run({ sql: 'vacuum into ?', values: [half] });
    } finally {
      source.close();
    }
    const copy = connect(half, { readonly: true });
    try {
      const found = copy.run({ sql: 'pragma integrity_check', values: [] });
      if (found[0]?.['integrity_check'] !== 'ok')
        throw new Error(`the copy ${half} is damaged: ${JSON.stringify(found)}`);
    } finally {
      copy.close();
    }
    const handle = openSync(half, 'r+');
    fsyncSync(handle);
    closeSync(handle);
    renameSync(half, to);
  } catch (error) {
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${half}${end}`, { force: true });
    throw sqliteError(error, to);
  }
};
