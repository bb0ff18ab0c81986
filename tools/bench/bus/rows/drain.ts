import { setTimeout as sleep } from 'node:timers/promises';
import { clock } from '../clock.ts';
import { contenderOf, peers } from '../contenders.ts';
import { tasksFrom, type Client, type Place } from '../contender.ts';
import { vacuumAnalyze } from '../postgres.ts';
import { startWorker } from '../processes.ts';
import type { Figures, Row, Scale } from '../row.ts';
import { withFollower } from '../with-follower.ts';

const lookMs = 5;

/** Puts tasks into the queue in batches of 1000. */
export const preload = async (client: Client, count: number): Promise<void> => {
  for (let first = 0; first < count; first += 1000) {
    const tasks = tasksFrom(first, Math.min(1000, count - first));
    await client.prepare(tasks);
    await client.enqueue(tasks);
  }
};

/** From the first handler until the database shows all tasks as completed. */
export const drain = async (variant: string, place: Place, count: number): Promise<Figures> => {
  const contender = await contenderOf(variant);
  await contender.setup(place, 'drain');
  const client = await contender.open(place);
  return withFollower(variant, place, async (settled) => {
    await preload(client, count);
    if (place.url !== undefined) await vacuumAnalyze(place.url);
    await settled();
    const startedAt = clock();
    const worker = await startWorker({ role: 'work', contender: variant, place, mode: 'drain', expect: count });
    const { firstAt } = await worker.next('reached');
    while ((await client.left()) > 0) await sleep(lookMs);
    const seconds = (clock() - firstAt) / 1000;
    const { calls, distinct } = await worker.report();
    if (distinct !== count) throw new Error(`${distinct} of ${count} tasks were handled`);
    await worker.stop();
    await client.close();
    return { rate: count / seconds, startup: firstAt - startedAt, repeats: calls - distinct };
  });
};

export const drainRow: Row = {
  name: 'drain',
  about:
    'no-op tasks worked off by one worker process, with all durable events of Hive; startup: from its start to its first task; repeats: handled twice',
  database: 'postgres',
  variants: ['hive', ...peers],
  units: { rate: 'tasks/s', startup: 'ms', repeats: 'tasks' },
  limitMs: 900_000,
  targets: [
    { figure: 'rate', of: 'hive', against: ['pg-boss', 'graphile-worker'], atLeast: 1.15, stretch: 1.5 },
    { figure: 'rate', of: 'hive', against: ['graphile-worker default'], atLeast: 10 },
  ],
  measure: (variant, place, { quick }: Scale) => drain(variant, place, quick ? 2_000 : 30_000),
};
