import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { runSeed } from './run.ts';
import { assertSettles, fromTimer } from './time.ts';

/** What came of many seeds. */
export type Sum = {
  readonly seeds: number;
  readonly interrupted: number;
  readonly events: number;
  /** Seeds that were run twice, and gave the same trace. */
  readonly repeated: number;
  readonly broken: readonly {
    readonly seed: number;
    readonly without: readonly number[];
    readonly says: readonly string[];
  }[];
};

/** Every so many seeds one is run twice: whatever depends on anything but the seed shows. */
const againEvery = 50;
const mostNamed = 10;
/** What is held weakly is let go of when the loop goes round: after so many seeds. */
const roundEvery = 100;

/** Runs seeds in this process. */
const runSeeds = async (from: number, count: number): Promise<Sum> => {
  let [interrupted, events, repeated] = [0, 0, 0];
  const broken: Sum['broken'][number][] = [];
  const left = { seed: 0 };
  const unheard = (error: unknown): void =>
    void broken.push({
      seed: left.seed,
      without: [],
      says: [`unhandled: ${error instanceof Error ? (error.stack ?? '') : String(error)}`],
    });
  process.on('unhandledRejection', unheard);
  const runOne = (seed: number): void => {
    left.seed = seed;
    const told = runSeed(seed);
    interrupted += told.interrupted > 0 ? 1 : 0;
    events += told.memory.tables.events.length;
    if (seed % againEvery === 0) {
      if (runSeed(seed).hash() === told.hash()) repeated += 1;
      else broken.push({ seed, without: [], says: ['the same seed gave another trace'] });
    }
    if (told.violations.length > 0 && broken.length < mostNamed)
      broken.push({ seed, without: shrunk(seed, told.faults.length), says: told.violations });
  };
  for (let next = from; next < from + count; next += roundEvery)
    await fromTimer(() => {
      assertSettles();
      for (let seed = next; seed < Math.min(next + roundEvery, from + count); seed++) runOne(seed);
    });
  process.off('unhandledRejection', unheard);
  return { seeds: count, interrupted, events, repeated, broken };
};

/** Leaves out one fault after the other for as long as something still breaks. */
const shrunk = (seed: number, faults: number): readonly number[] => {
  let without: readonly number[] = [];
  for (let n = 0; n < faults; n++) if (runSeed(seed, [...without, n]).violations.length > 0) without = [...without, n];
  return without;
};

/** Runs seeds in several processes and prints their sum as JSON. */
export const manySeeds = async ({
  count,
  from,
  processes,
}: {
  count: number;
  from: number;
  processes: number;
}): Promise<void> => {
  if (processes <= 1) return void process.stdout.write(`${JSON.stringify(await runSeeds(from, count))}\n`);
  const share = Math.ceil(count / processes);
  const parts = Array.from({ length: processes }, (_, n) =>
    runElsewhere(from + n * share, Math.min(share, count - n * share)),
  );
  const sums = await Promise.all(parts);
  const total = (of: (sum: Sum) => number) => sums.reduce((sum, it) => sum + of(it), 0);
  const sum: Sum = {
    seeds: total((it) => it.seeds),
    interrupted: total((it) => it.interrupted),
    events: total((it) => it.events),
    repeated: total((it) => it.repeated),
    broken: sums.flatMap((it) => it.broken),
  };
  process.stdout.write(`${JSON.stringify(sum)}\n`);
};

/** Almost everything dies young, and nobody reads the stacks of errors that are part of the game: a broken seed is told again by itself. */
const cheaply = ['--max-semi-space-size=64', '--stack-trace-limit=1'];

/** Runs seeds in a process of their own. */
export const runElsewhere = (from: number, count: number): Promise<Sum> =>
  new Promise((resolve, reject) => {
    const args = [
      ...cheaply,
      join(import.meta.dirname, 'main.ts'),
      '--seeds',
      String(count),
      '--from',
      String(from),
      '--processes',
      '1',
    ];
    const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    started.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
    started.once('error', reject);
    started.once('exit', (code) => {
      if (code === 0) resolve(JSON.parse(said) as Sum);
      else reject(new Error(`seeds from ${from} ended with ${code}`));
    });
  });
