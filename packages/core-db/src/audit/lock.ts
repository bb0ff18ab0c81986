import Database from 'better-sqlite3';

/**
 * Does something that one process at a time may do; answers null at once when another one is at it. The lock is that of an SQLite file
 * with nothing in it: the system lets go of it when its process ends, however it ends, so that none is ever left behind.
 */
export const alone = async <T>(path: string, act: () => Promise<T>): Promise<T | null> => {
  const db = new Database(path, { timeout: 0 });
  try {
    try {
      db.exec('begin exclusive');
    } catch (error) {
      if ((error as { code?: string }).code === 'SQLITE_BUSY') return null;
      throw error;
    }
    return await act();
  } finally {
    db.close();
  }
};
