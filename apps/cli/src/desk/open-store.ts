import type { HiveConfig } from '@hive/config';
import type { Store } from '@hive/core-db';

/** Opens the store of this configuration; the database driver is loaded only when somebody asks. */
export const openHiveStore = async (config: HiveConfig, options: { readonly readonly?: boolean; readonly migrate?: boolean } = {}): Promise<Store> => {
  const { openStore } = await import('@hive/core-db');
  const { database, home } = config;
  return openStore({ home, ...(database.dialect === 'postgres' && { url: database.url.reveal() }), ...options });
};
