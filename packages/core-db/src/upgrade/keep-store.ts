import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isHiveError, HiveError } from '@hive/errors';
import { migrationsOf } from '../migrations.ts';
import type { OpenOptions } from '../open-store.ts';
import { quoted } from './quoted.ts';

/** What was kept before a store was brought to a newer schema, and how to go back to it. */
export type Upgrade = {
  readonly from: number;
  readonly to: number;
  /** The copy of the store as it was. */
  readonly file: string;
  /** Commands for a shell, in their order, after Hive was stopped. */
  readonly wayBack: readonly string[];
};

/**
 * Copies a store beside itself before it is migrated: a SQLite file as a whole and checked, a PostgreSQL store as a backup. Whatever keeps the
 * copy from being made keeps the store from being migrated.
 */
export const keepStore = async (options: OpenOptions, from: number): Promise<Upgrade> => {
  const schemas = { from, to: migrationsOf(options.url === undefined ? 'sqlite' : 'postgres').length };
  const folder = join(options.home, 'backups');
  const name = join(folder, `hive-${from}-${new Date().toISOString().replace(/[:.]/g, '')}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const kept = options.url === undefined ? await keepFile(options.home, name) : await keepDatabase(options, name);
    const upgrade = { ...schemas, ...kept };
    // Whoever opens the store first upgrades it, and not every program has somebody to tell.
    writeFileSync(`${name}.txt`, `${upgradeSentence(upgrade)}\n`, { mode: 0o600 });
    return upgrade;
  } catch (error) {
    throw new HiveError(
      isHiveError(error) ? error.code : 'store.unavailable',
      `The store was not upgraded from schema ${from} to ${schemas.to}, because the backup before it failed: ${error instanceof Error ? error.message : String(error)}`,
      { remedy: 'fix_config', cause: error },
    );
  }
};

const keepFile = async (home: string, name: string): Promise<Pick<Upgrade, 'file' | 'wayBack'>> => {
  const { copySqlite } = await import('./copy-sqlite.ts');
  const file = `${name}.db`;
  const store = join(home, 'hive.db');
  copySqlite(store, file);
  const newer = `${name}-newer`;
  return {
    file,
    // What lies beside the newer file belongs to it and would spoil the older one.
    wayBack: [`mkdir ${quoted(newer)}`, `mv ${quoted(store)}* ${quoted(newer)}`, `cp ${quoted(file)} ${quoted(store)}`],
  };
};

const keepDatabase = async (options: OpenOptions, name: string): Promise<Pick<Upgrade, 'file' | 'wayBack'>> => {
  const { backupStore } = await import('../backup/backup.ts');
  const file = `${name}.jsonl.gz`;
  await backupStore(options, { file, version: 'before an upgrade' });
  return {
    file,
    wayBack: [
      'createdb hive_older',
      `HIVE_DATABASE_URL=postgres://…/hive_older hive restore ${quoted(file)} --keep-schema`,
    ],
  };
};

/** What a person is told of an upgrade, with the commands of the way back. */
export const upgradeSentence = ({ from, to, file, wayBack }: Upgrade): string =>
  `The store was brought from schema ${from} to ${to}; as it was before, it is kept in ${file}. The way back: hive down, then ${wayBack.join(' && ')}, then the older Hive`;
