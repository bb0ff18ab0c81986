import { failpoints } from '@hive/failpoints';
import { startGreetingModel } from '../chaos.ts';
import { inTwoSlots, outcomeOfKills } from '../kill-runs.ts';
import type { Mode, Outcome } from '../row.ts';

export const id = 'R1';
export const title = 'kill -9 at every failpoint of every kind of process';

/** The full run kills in the bundled example too. */
const runsOf = (
  mode: Mode,
  { ref, reviewer }: { readonly ref: string; readonly reviewer: string },
): readonly (readonly string[])[] => {
  const every = ['--plan', 'every', '--workflow', 'small', '--model', ref, '--reviewer', reviewer];
  if (mode === 'quick')
    return [
      [...every, '--kills', '60'],
      [...every, '--from', '60', '--kills', '50'],
    ];
  return [
    ...[0, 100, 200, 300, 400, 500, 600].map((from) => [...every, '--from', String(from), '--kills', '100']),
    ...[1, 2, 3, 4].map((seed) => ['--plan', 'random', '--seed', String(seed), '--kills', '100']),
  ];
};

/** Kills processes at named places; a place that nobody came by is a violation too. */
export const run = async (mode: Mode): Promise<Outcome> => {
  const began = Date.now();
  const model = await startGreetingModel();
  try {
    const runs = await inTwoSlots(runsOf(mode, model), model.env);
    const passed = new Set(runs.found.flatMap((it) => it.places.map((place) => place.name)));
    const dead = Object.keys(failpoints).filter((name) => !passed.has(name));
    const broken = dead.map((name) => `${name} was never passed`);
    return { ...outcomeOfKills(runs, { began, store: 'sqlite', broken }), ...(mode === 'full' && { seeds: '1-4' }) };
  } finally {
    await model.stop();
  }
};
