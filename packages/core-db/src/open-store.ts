import { HiveError } from '@hive/errors';
import type { Store } from './port.ts';

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
  const options = { migrate: migrate && !readonly, readonly };
  // Each process loads the one database that it uses.
  if (url === undefined) return (await import('./sqlite/store.ts')).openSqlite({ home, ...options });
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url))
    return (await import('./postgres/store.ts')).openPostgres({ url, ...options });
  throw new HiveError('config.invalid', 'HIVE_DATABASE_URL is no postgres:// address; leave it out to use SQLite', {
    remedy: 'fix_config',
  });
};
