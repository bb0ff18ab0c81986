import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '@hive/core-db';
import { startOwnPostgres, tryHistories, type Tried } from '@hive/core-db/testing';
import type { Mode, Outcome } from '../row.ts';

export const id = 'R13';
export const title = 'random histories of the store, compared with the one in memory';

/** Appends, claims, renewals, ends, rescues, pauses, reads: every answer, and what is left in the end, has to be that of the memory. */
export const run = async (mode: Mode): Promise<Outcome> => {
  const began = Date.now();
  const seed = mode === 'quick' ? 1 : 2;
  const times = mode === 'quick' ? 1 : 100;
  const [sqlite, postgres] = await Promise.all([onSqlite(150 * times, seed), onPostgres(50 * times, seed)]);
  const differences = [sqlite, postgres].flatMap((it) => it.difference ?? []);
  return {
    runs: sqlite.histories + postgres.histories,
    violations: differences.length,
    seeds: String(seed),
    ms: Date.now() - began,
    store: 'sqlite, postgres',
    notes: [`${sqlite.histories} on SQLite, ${postgres.histories} on PostgreSQL`, ...differences].join('; '),
  };
};

const onSqlite = async (histories: number, seed: number): Promise<Tried> => {
  const home = await mkdtemp(join(tmpdir(), 'hive-histories-'));
  const store = await openStore({ home });
  try {
    return await tryHistories('SQLite', store, { histories, seed });
  } finally {
    await store.close();
    await rm(home, { recursive: true, force: true });
  }
};

const onPostgres = async (histories: number, seed: number): Promise<Tried> => {
  const server = await startOwnPostgres({ durable: false });
  const store = await openStore({ url: server.url, home: '' });
  try {
    return await tryHistories('PostgreSQL', store, { histories, seed });
  } finally {
    await store.close();
    await server.stop();
  }
};
