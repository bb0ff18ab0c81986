import pg from 'pg';
import { PgBoss, type Queue, type WorkOptions } from 'pg-boss';
import { urlOf, type Contender, type Mode, type Place, type Task } from './contender.ts';

const queue = 'task';

/** How often it looks after lost workers, at its minimum; for the kill test. */
const watchful = { monitorIntervalSeconds: 1, superviseIntervalSeconds: 1, queueCacheIntervalSeconds: 1 };

const start = async (place: Place, mode?: Mode): Promise<PgBoss> => {
  const boss = new PgBoss({
    connectionString: urlOf(place),
    max: 12,
    useListenNotify: true,
    ...(mode === 'crash' && watchful),
  });
  boss.on('error', (error) => console.error(`pg-boss: ${error.message}`));
  boss.on('warning', (warning) => console.error(`pg-boss: ${warning.message}`));
  await boss.start();
  return boss;
};

/**
 * The best setting of each mode. While notifications arrive, pg-boss polls every 30 s by default; 0.5 s, its minimum, keeps a lost
 * notification from being counted against it.
 */
const workOptions: Readonly<Record<Mode, WorkOptions>> = {
  drain: { batchSize: 500, localConcurrency: 2, burstWhenBatchFull: true },
  idle: { batchSize: 1, localConcurrency: 4 },
  loaded: { batchSize: 50 },
  crash: { batchSize: 1, localConcurrency: 4 },
};
const polling = { pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 0.5 };
const patient: Partial<Queue> = { heartbeatSeconds: 10, retryLimit: 1000, retryDelay: 0 };

/** pg-boss with LISTEN/NOTIFY and the batch sizes that were found best. */
export const pgBoss: Contender = {
  name: 'pg-boss',
  setup: async (place, mode) => {
    const boss = await start(place);
    await boss.createQueue(queue, { notify: true, ...(mode === 'crash' && patient) });
    await boss.stop({ graceful: false });
  },
  open: async (place) => {
    const boss = await start(place);
    const pool = new pg.Pool({ connectionString: urlOf(place), max: 1 });
    return {
      prepare: async () => {},
      enqueue: async (tasks) => {
        const [first] = tasks;
        if (tasks.length === 1 && first) await boss.send(queue, first);
        else
          await boss.insert(
            queue,
            tasks.map((data) => ({ data })),
          );
      },
      left: async () => {
        const text = `select count(*) as left from pgboss.job where name = $1 and state <> 'completed'`;
        return Number((await pool.query<{ left: string }>(text, [queue])).rows[0]?.left);
      },
      close: async () => {
        await pool.end();
        await boss.stop({ graceful: false });
      },
    };
  },
  work: async (place, mode, handle) => {
    const boss = await start(place, mode);
    await boss.work<Task>(queue, { ...workOptions[mode], ...polling }, async (jobs) => {
      await Promise.all(jobs.map(async (job) => handle(job.data.n)));
    });
    return {
      stop: () => boss.stop({ graceful: true, timeout: 2_000 }),
      enqueue: async (task) => void (await boss.send(queue, task)),
    };
  },
};
