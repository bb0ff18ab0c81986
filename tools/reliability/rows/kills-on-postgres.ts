import { inDatabase, onServer, startOwnPostgres } from '@hive/core-db/testing';
import { inTwoSlots, outcomeOfKills } from '../kill-runs.ts';
import type { Mode, Outcome } from '../row.ts';

export const id = 'R1b';
export const title = 'kill -9 at failpoints, the whole building on PostgreSQL';

/** The same kills on the other store, each building in a database of its own. */
export const run = async (mode: Mode): Promise<Outcome> => {
  const began = Date.now();
  const server = await startOwnPostgres({ durable: false });
  try {
    const kills = mode === 'quick' ? 10 : 100;
    const runs = [0, 1].map((half) => [
      ...['--plan', 'every', '--workflow', 'small', '--from', String(half * kills), '--kills', String(kills)],
      ...['--database', inDatabase(server.url, `half_${half}`)],
    ]);
    for (const half of [0, 1]) await onServer(server.url, `create database half_${half}`);
    return outcomeOfKills(await inTwoSlots(runs), { began, store: 'postgres', broken: [] });
  } finally {
    await server.stop();
  }
};
