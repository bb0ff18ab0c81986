import { clock } from '../clock.ts';
import { contenderOf } from '../contenders.ts';
import { tasksFrom, type Place, type Task } from '../contender.ts';
import type { Figures, Row, Scale } from '../row.ts';
import { withFollower } from '../with-follower.ts';

type Load = { readonly callers: number; readonly batch: number; readonly atMost: number };

/** How tasks are put into the queue. `atMost` bounds how many are prepared; what is faster ends before its time. */
const loads: Readonly<Record<string, Load>> = {
  one: { callers: 1, batch: 1, atMost: 25_000 },
  ten: { callers: 10, batch: 1, atMost: 90_000 },
  hundred: { callers: 1, batch: 100, atMost: 200_000 },
  thousand: { callers: 1, batch: 1000, atMost: 240_000 },
};

/** Committed tasks a second of callers that wait for each of their calls. */
export const enqueueRate = async (
  variant: string,
  place: Place,
  { callers, batch, atMost }: Load,
  ms: number,
): Promise<number> => {
  const contender = await contenderOf(variant);
  await contender.setup(place, 'drain');
  const client = await contender.open(place);
  const batches: Task[][] = [];
  for (let first = 0; first < atMost; first += batch) batches.push(tasksFrom(first, batch));
  let next = 0;
  let committed = 0;
  const call = async (endsAt: number) => {
    while (clock() < endsAt) {
      const tasks = batches[next++];
      if (!tasks) return;
      await client.enqueue(tasks);
      committed += tasks.length;
    }
  };
  const all = (forMs: number) => {
    const endsAt = clock() + forMs;
    return Promise.all(Array.from({ length: callers }, () => call(endsAt)));
  };
  return withFollower(variant, place, async (settled) => {
    for (let first = 0; first < atMost; first += 1000)
      await client.prepare(tasksFrom(first, Math.min(1000, atMost - first)));
    await settled();
    await all(ms / 6);
    const warmedUp = committed;
    const began = clock();
    await all(ms);
    const rate = (committed - warmedUp) / ((clock() - began) / 1000);
    const left = await client.left();
    if (left !== committed) throw new Error(`${committed} tasks were acknowledged and ${left} are there`);
    await client.close();
    return rate;
  });
};

const targets = { one: 2.5, ten: 12, hundred: 1.8, thousand: 1.5 };
const titles = { one: 'one caller', ten: 'ten callers', hundred: 'batches of 100', thousand: 'batches of 1000' };

const rowOf = (load: keyof typeof targets): Row => ({
  name: `enqueue-${load}`,
  about: `enqueue by the public call, ${titles[load]}; acknowledged means committed`,
  database: 'postgres',
  variants: ['hive', 'pg-boss', 'graphile-worker'],
  units: { rate: 'tasks/s' },
  limitMs: 900_000,
  targets: [{ figure: 'rate', of: 'hive', against: ['pg-boss', 'graphile-worker'], atLeast: targets[load] }],
  measure: async (variant, place, { quick }: Scale): Promise<Figures> => {
    const load_ = loads[load] as Load;
    const atMost = quick ? Math.ceil(load_.atMost / 10 / load_.batch) * load_.batch : load_.atMost;
    return { rate: await enqueueRate(variant, place, { ...load_, atMost }, quick ? 500 : 3_000) };
  },
});

export const enqueueRows: readonly Row[] = (['one', 'ten', 'hundred', 'thousand'] as const).map(rowOf);
