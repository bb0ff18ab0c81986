import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOwnPostgres } from '@hive/core-db/testing';
import { measureCursors } from '../../bench/bus/rows/cursor.ts';
import type { Mode, Outcome } from '../row.ts';

export const id = 'R5';
export const title = 'readers killed and started anew while eight processes write';

/** On both databases. On PostgreSQL a reader that takes the sequence for the order reads along, and has to miss some: or nothing was tried. */
export const run = async (mode: Mode): Promise<Outcome> => {
  const began = Date.now();
  const events = mode === 'quick' ? 3_200 : 80_000;
  const home = await mkdtemp(join(tmpdir(), 'hive-cursors-'));
  const server = await startOwnPostgres();
  try {
    const sqlite = await measureCursors({ home: await mkdtemp(join(home, 'sqlite-')) }, events);
    const postgres = await measureCursors({ home: await mkdtemp(join(home, 'postgres-')), url: server.url }, events);
    const sum = (...names: readonly string[]) =>
      names.reduce((total, name) => total + (sqlite[name] ?? 0) + (postgres[name] ?? 0), 0);
    const missed = postgres['naive'] ?? 0;
    return {
      runs: sum('events'),
      interrupted: sum('restarts'),
      violations: sum('lost', 'doubled', 'disorder') + (mode === 'full' && missed === 0 ? 1 : 0),
      ms: Date.now() - began,
      store: 'sqlite and postgres',
      notes: `${sum('events')} events; ${sum('lost')} skipped, ${sum('doubled')} read twice, ${sum('disorder')} out of order; a reader of positions alone missed ${missed} on PostgreSQL`,
    };
  } finally {
    await server.stop();
    await rm(home, { recursive: true, force: true });
  }
};
