import type { HiveConfig } from '@hive/config';
import { openStore, type OpenOptions, type Store } from '@hive/core-db';

/** Opens the store of this configuration. Import this module when the store is needed: it brings the database driver along. */
export const openHiveStore = (
  config: HiveConfig,
  options: Pick<OpenOptions, 'readonly' | 'migrate' | 'onUpgrade'> = {},
): Promise<Store> => {
  const { database, home } = config;
  const where =
    database.dialect === 'postgres' ? { url: database.url.reveal() } : { synchronous: database.synchronous };
  return openStore({ home, ...where, ...options });
};
