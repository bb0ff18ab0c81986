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

/** Half of the seeds never stop their faults and may break nothing, the other half stop them and have to come to an end. */
export const run = async (mode: Mode): Promise<Outcome> => {
  const began = Date.now();
  const seeds = mode === 'quick' ? 50_000 : 1_000_000;
  const sum = await simulate(['--seeds', String(seeds), '--processes', String(cpus().length)]);
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

const simulate = (args: readonly string[]): Promise<Sum> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve(JSON.parse(said) as Sum) : reject(new Error(`the simulation ended with ${String(code)}`)),
    );
  });
