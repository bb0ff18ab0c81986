import { HiveError } from '@hive/errors';
import { checkedStore } from './checked-store.ts';
import type { Store } from './port.ts';
import type { Kept, Upgrade } from './upgrade/keep-store.ts';

/** Where a store is and how it is opened. */
export type OpenOptions = {
  /** `postgres://…`; without it a SQLite file in the home. */
  readonly url?: string | undefined;
  readonly home: string;
  /** What a commit to SQLite waits for; default `full`. `normal` may lose the last commits when the plug is pulled. */
  readonly synchronous?: 'full' | 'normal' | undefined;
  /** Bring an older store up to date; the default. */
  readonly migrate?: boolean;
  readonly readonly?: boolean;
  /** Told when an older store was copied and then brought up to date. */
  readonly onUpgrade?: (upgrade: Upgrade) => void;
};

/**
 * Opens the store. Any number of processes may open the same one; whoever comes first makes or migrates it. An older store is copied into
 * `backups` of the home before it is migrated.
 * Throws `store.newer`, `store.readonly` or `store.unavailable`. Close it in the end.
 */
export const openStore = async ({
  url,
  home,
  synchronous,
  migrate = true,
  readonly = false,
  onUpgrade,
}: OpenOptions): Promise<Store> => {
  let upgrade: Upgrade | undefined;
  const before = async (from: number): Promise<Kept> => {
    const { keepStore } = await import('./upgrade/keep-store.ts');
    const kept = await keepStore({ url, home }, from);
    ({ upgrade } = kept);
    return kept;
  };
  const store = await openDatabase(url, { home, synchronous, migrate: migrate && !readonly, readonly, before });
  if (upgrade) onUpgrade?.(upgrade);
  return checkedStore(store);
};

type How = Pick<OpenOptions, 'home' | 'synchronous'> & {
  readonly migrate: boolean;
  readonly readonly: boolean;
  readonly before: (found: number) => Promise<Kept>;
};

const openDatabase = async (url: string | undefined, { synchronous, ...how }: How): Promise<Store> => {
  // Each process loads the one database that it uses.
  if (url === undefined) return (await import('./sqlite/store.ts')).openSqlite({ synchronous, ...how });
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url))
    return (await import('./postgres/store.ts')).openPostgres({ url, ...how });
  throw new HiveError('config.invalid', 'HIVE_DATABASE_URL is no postgres:// address; leave it out to use SQLite', {
    remedy: 'fix_config',
  });
};
