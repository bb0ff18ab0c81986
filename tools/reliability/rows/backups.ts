import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backupStore, openStore, restoreStore, type OpenOptions } from '@hive/core-db';
import {
  fillPostgres,
  fillSqlite,
  growLog,
  inDatabase,
  onServer,
  startOwnPostgres,
  type Filler,
} from '@hive/core-db/testing';
import type { Mode, Outcome } from '../row.ts';

export const id = 'R12';
export const title = 'a store backed up, gone, restored on either database and verified';

type Copied = { readonly says: string; readonly wrong: readonly string[] };

/** From each database to each: the content has the same hash, and what must always hold does. */
export const run = async (mode: Mode): Promise<Outcome> => {
  const began = Date.now();
  const events = mode === 'quick' ? 5_000 : 1_000_000;
  const folder = await mkdtemp(join(tmpdir(), 'hive-backups-'));
  const server = await startOwnPostgres({ durable: false });
  const made: string[] = [];
  const database = async (): Promise<string> => {
    const name = `copy_${made.length}`;
    await onServer(server.url, `create database ${name}`);
    made.push(name);
    return inDatabase(server.url, name);
  };
  const placeOf = async (on: string): Promise<OpenOptions> => ({
    home: await mkdtemp(join(folder, `${on}-`)),
    ...(on === 'PostgreSQL' && { url: await database() }),
  });
  const databases = ['SQLite', 'PostgreSQL'];
  try {
    const copies: Copied[] = [];
    for (const [number, from] of databases.entries()) {
      const place = await placeOf(from);
      await fill(place, events);
      const file = join(folder, `${number}.backup`);
      const backup = await timed(() => backupStore(place, { file, version: 'reliability' }));
      for (const to of databases) copies.push(await restored({ from, to, file, backup }, await placeOf(to)));
    }
    return {
      runs: copies.length,
      violations: copies.flatMap((it) => it.wrong).length,
      ms: Date.now() - began,
      store: 'sqlite and postgres',
      notes: `${events} events each; ${copies.flatMap((it) => [it.says, ...it.wrong]).join('; ')}`,
    };
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

const fill = async (place: OpenOptions, events: number): Promise<void> => {
  await (await openStore(place)).close();
  const filler: Filler = place.url === undefined ? fillSqlite(place.home) : await fillPostgres(place.url);
  for (const grown of growLog(events, Date.UTC(2026, 0, 1))) await filler.add(grown);
  await filler.close();
};

type Timed<T> = { readonly value: T; readonly s: string };

const timed = async <T>(act: () => Promise<T>): Promise<Timed<T>> => {
  const began = performance.now();
  const value = await act();
  return { value, s: `${((performance.now() - began) / 1000).toFixed(1)} s` };
};

const restored = async (
  {
    from,
    to,
    file,
    backup,
  }: {
    readonly from: string;
    readonly to: string;
    readonly file: string;
    readonly backup: Timed<{ readonly content: string }>;
  },
  place: OpenOptions,
): Promise<Copied> => {
  const restore = await timed(() => restoreStore(place, file));
  const store = await openStore({ ...place, readonly: true });
  const verify = await timed(() => store.verify());
  await store.close();
  const way = `${from} to ${to}`;
  const broken = verify.value.filter(({ status }) => status === 'broken');
  return {
    says: `${way}: backed up in ${backup.s}, restored in ${restore.s}, verified in ${verify.s}`,
    wrong: [
      ...(restore.value.content === backup.value.content ? [] : [`${way}: the content is another one`]),
      ...broken.map((it) => `${way}: ${it.number} ${it.name} is broken: ${it.offenders[0] ?? ''}`),
    ],
  };
};
