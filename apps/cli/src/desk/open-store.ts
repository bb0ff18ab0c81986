import type { HiveConfig } from '@hive/config';
import { claimHome, openStore, upgradeSentence, type Store } from '@hive/core-db';

/** Only to read, as it is, or brought up to date where it is older; then somebody is told. */
type How = { readonly readonly: true } | { readonly migrate: false } | { readonly onNotice: (text: string) => void };

/** Opens the store of this configuration; for more than reading, only that of this home. Import this module when the store is needed: it brings the database driver along. */
export const openHiveStore = async (config: HiveConfig, how: How): Promise<Store> => {
  const { database, home } = config;
  const where =
    database.dialect === 'postgres' ? { url: database.url.reveal() } : { synchronous: database.synchronous };
  const store = await openStore({
    ...{ home, ...where, ...how },
    onUpgrade: (upgrade) => 'onNotice' in how && how.onNotice(upgradeSentence(upgrade)),
  });
  try {
    if (!('readonly' in how)) await claimHome({ home, ...where });
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
};
