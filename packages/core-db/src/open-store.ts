import { HiveError } from '@hive/errors';
import type { Store } from './port.ts';
import { openSqlite } from './sqlite/store.ts';

/** Where a store is and how it is opened. */
export type OpenOptions = {
  /** `postgres://…`; without it a SQLite file in the home. */
  readonly url?: string | undefined;
  readonly home: string;
  /** Bring an older store up to date; the default. */
  readonly migrate?: boolean;
  readonly readonly?: boolean;
};

/**
 * Opens the store. Any number of processes may open the same one; whoever comes first makes or migrates it.
 * Throws `store.newer`, `store.readonly` or `store.unavailable`. Close it in the end.
 */
export const openStore = async ({ url, home, migrate = true, readonly = false }: OpenOptions): Promise<Store> => {
  if (url === undefined) return openSqlite({ home, migrate: migrate && !readonly, readonly });
  throw new HiveError('config.invalid', `HIVE_DATABASE_URL must begin with postgres://`, { remedy: 'fix_config' });
};
