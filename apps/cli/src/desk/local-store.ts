import type { HiveConfig } from '@hive/config';
import type { OpenOptions } from '@hive/core-db';
import { HiveError } from '@hive/errors';

/** Where the store of this configuration is, for a command that works on the store itself. Throws `input.invalid` for a Hive elsewhere. */
export const localStore = ({ database, home, remote }: HiveConfig, command: string): OpenOptions => {
  if (remote.url !== null)
    throw new HiveError(
      'input.invalid',
      `${command} works on the store itself: run it where the store is, without HIVE_URL`,
    );
  return { home, ...(database.dialect === 'postgres' && { url: database.url.reveal() }) };
};
