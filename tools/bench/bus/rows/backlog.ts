import { clock } from '../clock.ts';
import { contenderOf } from '../contenders.ts';
import { taskOf, tasksFrom, type Client, type Place } from '../contender.ts';
import { withoutStatistics } from '../postgres.ts';
import type { Figures, Row, Scale } from '../row.ts';
import { median } from '../statistics.ts';

const prepare = async (client: Client, first: number, count: number): Promise<void> => {
  for (let at = first; at < first + count; at += 1000)
    await client.prepare(tasksFrom(at, Math.min(1000, first + count - at)));
};

/** The median of single enqueues while more and more tasks wait, with the statistics of an empty database. */
const enqueueBehind = async (
  variant: string,
  place: Place,
  levels: readonly number[],
  samples: number,
): Promise<readonly number[]> => {
  const contender = await contenderOf(variant);
  await contender.setup(place, 'drain');
  if (place.url !== undefined) await withoutStatistics(place.url);
  const client = await contender.open(place);
  const medians: number[] = [];
  let next = 0;
  for (const level of levels) {
    while (next < level) {
      const tasks = tasksFrom(next, Math.min(1000, level - next));
      await client.prepare(tasks);
      await client.enqueue(tasks);
      next += tasks.length;
    }
    await prepare(client, next, samples);
    const times: number[] = [];
    for (let i = 0; i < samples; i++) {
      const began = clock();
      await client.enqueue([taskOf(next++)]);
      times.push(clock() - began);
    }
    medians.push(median(times));
  }
  await client.close();
  return medians;
};

export const backlogRow: Row = {
  name: 'backlog',
  about:
    'enqueue of one task while 0, 10,000, 50,000 and 200,000 wait, without ANALYZE (--quick: 0, 500, 2,500, 10,000)',
  database: 'postgres',
  variants: ['hive', 'pg-boss', 'graphile-worker'],
  units: { empty: 'ms p50', few: 'ms p50', many: 'ms p50', most: 'ms p50', growth: 'most / empty' },
  limitMs: 900_000,
  targets: [{ figure: 'growth', of: 'hive', atMost: 1.5 }],
  measure: async (variant, place, { quick }: Scale): Promise<Figures> => {
    // The first samples of a process are slow in themselves, so the empty queue is measured twice.
    const levels = [0, 0, 10_000, 50_000, 200_000].map((level) => (quick ? level / 20 : level));
    const [, empty = NaN, few = NaN, many = NaN, most = NaN] = await enqueueBehind(
      variant,
      place,
      levels,
      quick ? 50 : 300,
    );
    return { empty, few, many, most, growth: most / empty };
  },
};
