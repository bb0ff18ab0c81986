import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { CommitLatency } from './commit-latency.ts';
import type { Place } from './contender.ts';
import type { MeasureOrder } from './measure-process.ts';
import { inDatabase, onPostgres } from './postgres.ts';
import { ask } from './processes.ts';
import type { Figures, Row, Scale } from './row.ts';
import { isSteady, median } from './statistics.ts';

/** One run of one variant, and how the machine was right before it. */
export type Run = {
  readonly variant: string;
  readonly commitMs: number;
  readonly load: number;
  readonly figures: Figures | null;
  /** Why there are no figures. */
  readonly error: string | null;
};

/** The rounds of a row. `discarded`: repeated because the disk was not steady. `unsteady`: kept although it was not. */
export type Rounds = {
  readonly rounds: readonly (readonly Run[])[];
  readonly discarded: number;
  readonly unsteady: number;
};

/** What a row runs on. `server` is null for rows on SQLite. */
export type Ground = {
  readonly server: string | null;
  readonly commitLatency: CommitLatency;
  readonly scale: Scale;
  readonly say: (line: string) => void;
};

/**
 * Runs a row: all variants of a round one after the other, in another order each round, each on a fresh database. A round before whose runs
 * the commit latency differed by more than twice, from each other or from the rounds before, is repeated, as often as there are rounds; after that it is kept and counted.
 */
export const runRow = async (row: Row, rounds: number, ground: Ground): Promise<Rounds> => {
  const kept: (readonly Run[])[] = [];
  let [discarded, unsteady] = [0, 0];
  while (kept.length < rounds) {
    const turn = (kept.length + discarded) % row.variants.length;
    const order = [...row.variants.slice(turn), ...row.variants.slice(0, turn)];
    const runs: Run[] = [];
    for (const variant of order) runs.push(await runOnce(row, variant, ground));
    const usual = median(kept.flat().map((run) => run.commitMs));
    const steady = isSteady([...runs.map((run) => run.commitMs), ...(kept.length > 0 ? [usual] : [])]);
    if (!steady && discarded < rounds && rounds > 1) {
      discarded += 1;
      ground.say(`${row.name}: round discarded, the disk was not steady`);
      continue;
    }
    unsteady += steady ? 0 : 1;
    kept.push(runs);
  }
  return { rounds: kept, discarded, unsteady };
};

const runOnce = async (row: Row, variant: string, { server, commitLatency, scale, say }: Ground): Promise<Run> => {
  const home = await mkdtemp(join(tmpdir(), 'hive-bench-'));
  const database = `bench_${randomBytes(6).toString('hex')}`;
  // What runs before left to be written is not to be paid for by this one.
  if (server !== null) await onPostgres(server, `create database ${database}`, 'checkpoint');
  const place: Place = { home, ...(server !== null && { url: inDatabase(server, database) }) };
  const before = { variant, commitMs: await commitLatency.measure(), load: loadavg()[0] ?? NaN };
  let run: Run;
  try {
    const order: MeasureOrder = { row: row.name, variant, place, scale };
    const figures = await ask<Figures>(join(import.meta.dirname, 'measure-process.ts'), order, row.limitMs);
    run = { ...before, figures, error: null };
  } catch (error) {
    run = { ...before, figures: null, error: error instanceof Error ? error.message : String(error) };
  }
  if (server !== null) await onPostgres(server, `drop database ${database} with (force)`);
  await rm(home, { recursive: true, force: true });
  say(
    `${row.name} · ${variant}: ${run.error ?? described(run.figures ?? {})} (commit ${before.commitMs.toFixed(2)} ms, load ${before.load.toFixed(1)})`,
  );
  return run;
};

const described = (figures: Figures): string =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
    .join(', ');
