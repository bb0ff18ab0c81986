import { Logger, makeWorkerUtils, run, runMigrations } from 'graphile-worker';
import pg from 'pg';
import { urlOf, type Contender, type Mode, type Place, type Task } from './contender.ts';

const logger = new Logger(() => () => {});
const identifier = 'task';

/** What makes its best configuration; the default goes to the database for every single task, twice. */
const batches = {
  localQueue: { size: 500, refetchDelay: { durationMs: 10 } },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
};

const worker = (place: Place, mode: Mode, best: object): GraphileConfig.Preset => ({
  worker: {
    connectionString: urlOf(place),
    concurrentJobs: 24,
    maxPoolSize: 25,
    ...best,
    ...(mode === 'crash' && { pollInterval: 500 }),
  },
});

const contender = (name: string, best: object): Contender => ({
  name,
  setup: (place) => runMigrations({ connectionString: urlOf(place), logger }),
  open: async (place) => {
    const pgPool = new pg.Pool({ connectionString: urlOf(place), max: 10 });
    // Asked for by the library, which says so on every start.
    pgPool.on('error', () => {});
    pgPool.on('connect', (client) => client.on('error', () => {}));
    const utils = await makeWorkerUtils({ pgPool, logger });
    return {
      prepare: async () => {},
      enqueue: async (tasks) => {
        const [first] = tasks;
        if (tasks.length === 1 && first) await utils.addJob(identifier, first);
        else await utils.addJobs(tasks.map((payload) => ({ identifier, payload })));
      },
      // A completed task is deleted.
      left: async () => {
        const text = 'select count(*) as left from graphile_worker._private_jobs';
        return Number((await pgPool.query<{ left: string }>(text)).rows[0]?.left);
      },
      close: async () => {
        await utils.release();
        await pgPool.end();
      },
    };
  },
  work: async (place, mode, handle) => {
    const runner = await run({
      preset: worker(place, mode, best),
      logger,
      noHandleSignals: true,
      taskList: { [identifier]: async (payload) => handle((payload as Task).n) },
    });
    return { stop: () => runner.stop(), enqueue: async (task) => void (await runner.addJob(identifier, task)) };
  },
});

/** graphile-worker with its local queue and batched completions. */
export const graphileBest = contender('graphile-worker', batches);

/** graphile-worker with as many jobs at once, and nothing else set. */
export const graphileDefault = contender('graphile-worker default', {});
