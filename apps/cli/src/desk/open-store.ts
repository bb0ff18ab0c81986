import type { HiveConfig } from '@hive/config';
import { claimHome, openStore, type OpenOptions, type Store } from '@hive/core-db';

/** Opens the store of this configuration; for more than reading, only that of this home. Import this module when the store is needed: it brings the database driver along. */
export const openHiveStore = async (
  config: HiveConfig,
  options: Pick<OpenOptions, 'readonly' | 'migrate' | 'onUpgrade'> = {},
): Promise<Store> => {
  const { database, home } = config;
  const where =
    database.dialect === 'postgres' ? { url: database.url.reveal() } : { synchronous: database.synchronous };
  const store = await openStore({ home, ...where, ...options });
  try {
    if (options.readonly !== true) await claimHome({ home, ...where });
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
};
