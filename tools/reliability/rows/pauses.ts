import { chaos, violationsOf } from '../chaos.ts';
import type { Mode, Outcome } from '../row.ts';

export const id = 'R6';
export const title = 'a worker that sleeps longer than its lease, and wakes when another has its work';

/** SIGSTOP with work in hand, SIGCONT when somebody else has claimed it: not one of its writes may count. */
export const run = async (mode: Mode): Promise<Outcome> => {
  const began = Date.now();
  const buildings = mode === 'quick' ? 2 : 4;
  const pauses = (mode === 'quick' ? 20 : 500) / buildings;
  const args = ['--plan', 'pauses', '--workflow', 'commands', '--kills', String(pauses)];
  const found = await Promise.all(Array.from({ length: buildings }, () => chaos(args)));
  const broken = found.flatMap(violationsOf);
  const slept = found.reduce((sum, it) => sum + it.carriedOut.pause, 0);
  return {
    runs: slept,
    interrupted: found.reduce((sum, it) => sum + it.interrupted, 0),
    violations: broken.length + (slept === 0 ? 1 : 0),
    ms: Date.now() - began,
    store: 'sqlite',
    notes: [`${found.reduce((sum, it) => sum + it.stale.length, 0)} stale writes accepted`, ...broken.slice(0, 5)].join(
      '; ',
    ),
  };
};
