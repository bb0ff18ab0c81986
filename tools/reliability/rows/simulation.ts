import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Mode, Outcome } from '../row.ts';

export const id = 'R2';
export const title = 'queen and workers in virtual time, under faults that a seed draws';

const program = join(import.meta.dirname, '../../../apps/orchestrator/simulation/main.ts');

/** What the program answers. */
type Sum = {
  readonly seeds: number;
  readonly interrupted: number;
  readonly events: number;
  readonly repeated: number;
  readonly broken: readonly {
    readonly seed: number;
    readonly without: readonly number[];
    readonly says: readonly string[];
  }[];
};

/** So many seeds are made at once; after each lot it is said how far it is, for a million take more than an hour. */
const lot = 50_000;

/** Half of the seeds never stop their faults and may break nothing, the other half stop them and have to come to an end. */
export const run = async (mode: Mode): Promise<Outcome> => {
  const began = Date.now();
  const seeds = mode === 'quick' ? lot : 1_000_000;
  let sum: Sum = { seeds: 0, interrupted: 0, events: 0, repeated: 0, broken: [] };
  while (sum.seeds < seeds) {
    sum = added(sum, await simulate(sum.seeds + 1, lot));
    console.error(`${id}: ${sum.seeds} of ${seeds} seeds, ${sum.broken.length} violations`);
  }
  const ms = Date.now() - began;
  return {
    runs: sum.seeds,
    interrupted: sum.interrupted,
    violations: sum.broken.length,
    seeds: `1-${seeds}`,
    ms,
    store: 'memory',
    notes: [
      `${sum.events} events, ${Math.round(sum.seeds / (ms / 1000))} seeds a second on ${cpus().length} cores, ${sum.repeated} seeds run twice with the same trace`,
      ...sum.broken
        .slice(0, 3)
        .map(
          ({ seed, without, says }) =>
            `${says[0] ?? ''} (node apps/orchestrator/simulation/main.ts --seed ${seed}${without.length > 0 ? ` --without ${without.join(',')}` : ''})`,
        ),
    ].join('; '),
  };
};

const added = (a: Sum, b: Sum): Sum => ({
  seeds: a.seeds + b.seeds,
  interrupted: a.interrupted + b.interrupted,
  events: a.events + b.events,
  repeated: a.repeated + b.repeated,
  broken: [...a.broken, ...b.broken],
});

const simulate = (from: number, count: number): Promise<Sum> =>
  new Promise((resolve, reject) => {
    const args = ['--seeds', String(count), '--from', String(from), '--processes', String(cpus().length)];
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve(JSON.parse(said) as Sum) : reject(new Error(`the simulation ended with ${String(code)}`)),
    );
  });
