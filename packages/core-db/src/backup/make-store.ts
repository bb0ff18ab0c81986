import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { migrationsOf } from '../migrations.ts';
import type { OpenOptions } from '../open-store.ts';

/** Makes a store, or brings one up to a schema: the newest, unless an earlier one is asked for. */
export const makeStore = async ({ url, home }: OpenOptions, schema?: number): Promise<void> => {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (url === undefined) {
    const { makeSqlite } = await import('../sqlite/make.ts');
    return makeSqlite(join(home, 'hive.db'), migrationsOf('sqlite').slice(0, schema));
  }
  const { migratePostgres } = await import('../postgres/migrate.ts');
  await migratePostgres(url, { migrate: true, readonly: false, known: migrationsOf('postgres').slice(0, schema) });
};
