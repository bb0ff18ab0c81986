import { contenderOf } from '../contenders.ts';
import { taskOf, tasksFrom, type Place } from '../contender.ts';
import { clock } from '../clock.ts';
import { startWorker, type WorkerProcess } from '../processes.ts';
import type { Figures, Row, Scale } from '../row.ts';
import { percentile } from '../statistics.ts';

/** How many kills each contender is worth: graphile-worker frees the tasks of a dead worker after four hours. */
const kills: Readonly<Record<string, { readonly quick: number; readonly full: number; readonly waitMs: number }>> = {
  hive: { quick: 5, full: 100, waitMs: 30_000 },
  'pg-boss': { quick: 1, full: 10, waitMs: 60_000 },
  'graphile-worker': { quick: 1, full: 2, waitMs: 20_000 },
};

type Start = { readonly n: number; readonly at: number; readonly by: WorkerProcess };

/** Kills the worker that works on a task while another one lives, and takes the time until the same task starts there. */
const killAndTime = async (
  variant: string,
  place: Place,
  count: number,
  waitMs: number,
): Promise<readonly number[]> => {
  const contender = await contenderOf(variant);
  await contender.setup(place, 'crash');
  const client = await contender.open(place);
  await client.prepare(tasksFrom(0, count));
  let heard: (start: Start) => void = () => {};
  const nextStart = (n: number): Promise<Start> =>
    new Promise((found) => (heard = (start) => start.n === n && found(start)));
  const hire = async (): Promise<WorkerProcess> => {
    const worker = await startWorker({
      role: 'work',
      contender: variant,
      place,
      mode: 'crash',
      tells: 'each',
      holds: true,
    });
    worker.hears((word) => word.is === 'started' && heard({ n: word.n, at: word.at, by: worker }));
    return worker;
  };
  const workers = new Set(await Promise.all([hire(), hire()]));
  const times: number[] = [];
  try {
    for (let n = 0; n < count; n++) {
      const first = nextStart(n);
      await client.enqueue([taskOf(n)]);
      const victim = await first;
      const second = nextStart(n);
      const killedAt = clock();
      await victim.by.kill();
      workers.delete(victim.by);
      const never = new Promise<null>((late) => setTimeout(() => late(null), waitMs).unref());
      const again = await Promise.race([second, never]);
      times.push(again ? again.at - killedAt : Infinity);
      again?.by.release(n);
      workers.add(await hire());
    }
  } finally {
    await Promise.all([...workers].map((worker) => worker.kill()));
    await client.close();
  }
  return times;
};

export const crashRow: Row = {
  name: 'crash',
  about: 'kill -9 of a worker in mid-task to the same task starting in another process; never: not within the wait',
  database: 'postgres',
  variants: ['hive', 'pg-boss', 'graphile-worker'],
  units: { p50: 'ms', p99: 'ms', max: 'ms', kills: '', waited: 'ms at most' },
  rounds: 1,
  limitMs: 900_000,
  targets: [{ figure: 'p99', of: 'hive', atMost: 1000 }],
  measure: async (variant, place, { quick }: Scale): Promise<Figures> => {
    const { quick: few, full, waitMs } = kills[variant] ?? { quick: 1, full: 1, waitMs: 20_000 };
    const times = await killAndTime(variant, place, quick ? few : full, waitMs);
    return {
      p50: percentile(times, 0.5),
      p99: percentile(times, 0.99),
      max: Math.max(...times),
      kills: times.length,
      waited: waitMs,
    };
  },
};
