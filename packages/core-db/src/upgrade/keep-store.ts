import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
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

/** A store that was kept. `forget`, for when nothing was changed after all, takes the copy away again. */
export type Kept = { readonly upgrade: Upgrade; readonly forget: () => void };

/**
 * Copies a store beside itself before it is migrated: a SQLite file as a whole and checked, a PostgreSQL store as a backup. Whatever keeps the
 * copy from being made keeps the store from being migrated. A copy that an earlier attempt has left of the very same store stands for the new one.
 */
export const keepStore = async (options: OpenOptions, from: number): Promise<Kept> => {
  const schemas = { from, to: migrationsOf(options.url === undefined ? 'sqlite' : 'postgres').length };
  const folder = join(options.home, 'backups');
  const name = `hive-${from}-${new Date().toISOString().replace(/[:.]/g, '')}`;
  const { ending, copy, isSame, wayBack } = options.url === undefined ? ofFile(options.home) : ofDatabase(options);
  const made = join(folder, `${name}${ending}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    removeHalves(folder, ending);
    const known = readdirSync(folder).filter((it) => it.startsWith(`hive-${from}-`) && it.endsWith(ending));
    await copy(made);
    const earlier = await firstOf(
      known.map((it) => join(folder, it)),
      (it) => isSame(it, made),
    );
    if (earlier !== null) rmSync(made);
    const file = earlier ?? made;
    const note = `${file.slice(0, -ending.length)}.txt`;
    const upgrade = { ...schemas, file, wayBack: wayBack(file, join(folder, name)) };
    // Whoever opens the store first upgrades it, and not every program has somebody to tell.
    writeFileSync(note, `${upgradeSentence(upgrade)}\n`, { mode: 0o600 });
    return { upgrade, forget: () => void (earlier === null && [file, note].map((it) => rmSync(it, { force: true }))) };
  } catch (error) {
    if (existsSync(made)) rmSync(made);
    throw new HiveError(
      isHiveError(error) ? error.code : 'store.unavailable',
      `The store was not upgraded from schema ${from} to ${schemas.to}, because the backup before it failed: ${error instanceof Error ? error.message : String(error)}`,
      { remedy: 'fix_config', cause: error },
    );
  }
};

/** What a process that was killed while it copied has left; nobody else copies now. */
const removeHalves = (folder: string, ending: string): void => {
  for (const name of readdirSync(folder))
    if (/^hive-\d+-[\w-]+$/.test(name.split('.')[0] ?? '') && name.includes(`${ending}.`)) rmSync(join(folder, name));
};

const firstOf = async (all: readonly string[], isIt: (one: string) => Promise<boolean>): Promise<string | null> => {
  for (const one of all) if (await isIt(one)) return one;
  return null;
};

/** How a store of one kind is copied, how two copies are compared, and how one leads back. */
type Keeping = {
  readonly ending: string;
  readonly copy: (to: string) => Promise<void>;
  readonly isSame: (one: string, other: string) => Promise<boolean>;
  /** `newer` is a name that nothing has. */
  readonly wayBack: (file: string, newer: string) => readonly string[];
};

const ofFile = (home: string): Keeping => {
  const store = join(home, 'hive.db');
  return {
    ending: '.db',
    copy: async (to) => (await import('./copy-sqlite.ts')).copySqlite(store, to),
    isSame: async (one, other) =>
      statSync(one).size === statSync(other).size && (await hashOf(one)) === (await hashOf(other)),
    wayBack: (file, name) => {
      const newer = `${name}-newer`;
      // What lies beside the newer file belongs to it and would spoil the older one.
      return [`mkdir ${quoted(newer)}`, `mv ${quoted(store)}* ${quoted(newer)}`, `cp ${quoted(file)} ${quoted(store)}`];
    },
  };
};

const hashOf = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
};

const ofDatabase = (options: OpenOptions): Keeping => ({
  ending: '.jsonl.gz',
  copy: async (file) => {
    const { backupStore } = await import('../backup/backup.ts');
    await backupStore(options, { file, version: 'before an upgrade' });
  },
  isSame: async (one, other) => {
    const { checkBackup } = await import('../backup/read-file.ts');
    const told = async (file: string) => {
      const { content, files } = (await checkBackup(file)).trailer;
      return `${content} ${files}`;
    };
    // One that is damaged is like no other.
    return (await told(one).catch(() => null)) === (await told(other));
  },
  wayBack: (file) => [
    'createdb hive_older',
    `HIVE_DATABASE_URL=postgres://…/hive_older hive restore ${quoted(file)} --keep-schema`,
  ],
});

/** What a person is told of an upgrade, with the commands of the way back. */
export const upgradeSentence = ({ from, to, file, wayBack }: Upgrade): string =>
  `The store was brought from schema ${from} to ${to}; as it was before, it is kept in ${file}. The way back: hive down, then ${wayBack.join(' && ')}, then the older Hive`;
