import { existsSync } from 'node:fs';
import type { HiveConfig } from '@hive/config';
import type { Store } from '@hive/core-db';
import { HiveError, hasCode } from '@hive/errors';

/** Refuses a command that looks into HIVE_HOME itself while the environment names another Hive. */
export const assertHere = (config: HiveConfig, command: string): void => {
  if (config.remote.url === null) return;
  throw new HiveError(
    'input.invalid',
    `hive ${command} looks into HIVE_HOME itself: run it where that is, without HIVE_URL`,
  );
};

/** The store of this configuration for those who only ask; null when none was made yet, and asking must not make one. */
export const openIfThere = async (config: HiveConfig): Promise<Store | null> => {
  const { database } = config;
  if (database.dialect === 'sqlite' && !existsSync(database.path)) return null;
  const { openHiveStore } = await import('./open-store.ts');
  try {
    return await openHiveStore(config, { migrate: false });
  } catch (error) {
    if (hasCode(error, 'store.readonly')) return openHiveStore(config, { readonly: true });
    throw error;
  }
};
