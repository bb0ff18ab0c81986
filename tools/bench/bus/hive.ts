import { join } from 'node:path';
import { defineAgent, startAgent } from '@hive/agent-kit';
import { createBus, derivedId, newId, record, type Bus, type Move } from '@hive/bus';
import { loadConfig } from '@hive/config';
import type { Store } from '@hive/core-db';
import { streams, type NewEvent, type Submission } from '@hive/events';
import Database from 'better-sqlite3';
import type { Client, Contender, Place, Task } from './contender.ts';
import { openPlace } from './hive-log.ts';
import { onPostgres } from './postgres.ts';

/** How many steps the worker of the bench has in hand at once; the same for throughput and for latency. Everything else is Hive's default. */
const slots = 500;
const sha = '1'.repeat(40);
const digest = '2'.repeat(64);

const configOf = ({ url, home }: Place) =>
  loadConfig({
    env: { HOME: home, HIVE_HOME: home, ...(url !== undefined && { HIVE_DATABASE_URL: url }) },
    cwd: home,
    cloneRoot: null,
  });

const submission = (workflowId: string): Submission => ({
  workflowId,
  goal: 'Measure',
  repo: '/nowhere',
  base: sha,
  branch: 'hive/bench',
  into: null,
  checks: [],
  setup: null,
  source: 'file',
  plan: digest,
  model: null,
  localOnly: false,
  budget: null,
  redBefore: 'needed',
  passEnv: [],
  example: false,
});

/** A task that is ready for its step `work`; its title is its number, so that a handler knows which it is. */
const ready = (task: Task, taskId: string): NewEvent[] => [
  {
    type: 'task.created',
    stream: streams.task(taskId),
    data: {
      taskId,
      workflowId: task.correlationId,
      spec: {
        id: taskId,
        key: `t${task.n}`,
        title: String(task.n),
        needs: [],
        kind: 'change',
        author: 'human',
        checks: [],
        redBefore: 'needed',
        capabilities: [],
        priority: 0,
        timeoutS: 60,
      },
    },
  },
  { type: 'task.ready', stream: streams.task(taskId), data: { taskId } },
];

/** Records moves in one commit, caused by nothing; each trace of `tasks` gets its own commit, because a commit has one correlation id. */
const recordMoves = async (bus: Bus, tasks: readonly Task[], moveOf: (task: Task) => Move & { stream: string }) => {
  const recorded = [...Map.groupBy(tasks, (task) => task.correlationId)].map(([correlationId, ofTrace]) => {
    const moves = ofTrace.map(moveOf);
    return record(bus.store, {
      streams: moves.map((move) => move.stream),
      onRefused: 'throw',
      plan: () => ({ moves, stamp: { correlationId, causationId: null, actor: bus.actor } }),
    });
  });
  await Promise.all(recorded);
};

/** Asks the database itself, as for the peers. */
const countOpen = async ({ url, home }: Place): Promise<number> => {
  const text = "select count(*) from step where state in ('ready', 'scheduled', 'claimed')";
  if (url !== undefined) return Number((await onPostgres(url, text))[0]?.[0]);
  const db = new Database(join(home, 'hive.db'), { readonly: true });
  const left = db.prepare(text).pluck().get();
  db.close();
  return Number(left);
};

const ids = new Map<number, string>();

/** The same in every process, and in the order of the tasks as ids that are made one after the other are. Whoever has made a task knows its id. */
const idOf = ({ n }: Task): string => {
  const id =
    ids.get(n) ?? derivedId((0x019000000000 + n).toString(16).padStart(12, '0').replace(/^.{8}/, '$&-'), 'task');
  ids.set(n, id);
  return id;
};

const enqueueOn = (bus: Bus, tasks: readonly Task[]): Promise<void> =>
  bus.queue.enqueue(
    tasks.map((task) => ({
      id: newId(),
      kind: 'work',
      workflowId: task.correlationId,
      taskId: idOf(task),
      capabilities: [],
      priority: 0,
      maxAttempts: 3,
      onlyAgent: null,
      avoidAgent: null,
      because: task.text,
    })),
    null,
  );

const clientOf = (place: Place, store: Store): Client => {
  const bus = createBus(store, 'bench/client');
  const traces = new Set<string>();
  return {
    prepare: async (tasks) => {
      const begun = new Set(tasks.map((task) => task.correlationId)).difference(traces);
      await Promise.all(
        [...begun].map((id) => {
          traces.add(id);
          const events: NewEvent[] = [
            { type: 'workflow.submitted', stream: streams.workflow(id), data: submission(id) },
          ];
          return bus.command({ on: null, correlationId: id, events });
        }),
      );
      await recordMoves(bus, tasks, (task) => ({
        stream: streams.task(idOf(task)),
        events: ready(task, idOf(task)),
      }));
    },
    enqueue: (tasks) => enqueueOn(bus, tasks),
    left: () => countOpen(place),
    close: async () => {
      bus.close();
      await store.close();
    },
  };
};

/**
 * Hive as it is by default. A task of the bench is a step `work` of a task that exists: enqueuing it records `task.assigned`, taking it
 * `task.claimed`, ending it `task.submitted`; three durable events, with heads and summary kept in the same commits, read by a live follower.
 */
export const hive: Contender = {
  name: 'hive',
  setup: async (place) => (await openPlace(place)).close(),
  open: async (place) => clientOf(place, await openPlace(place)),
  work: async (place, _mode, handle) => {
    let bus: Bus | null = null;
    const agent = defineAgent({
      name: 'worker',
      concurrency: slots,
      steps: {
        work: async ({ task, mark }) => {
          await handle(Number(task?.spec.title));
          const taskId = task?.id ?? '';
          const data = { taskId, ...mark, base: sha, commit: sha, patch: digest, author: 'human', agent: 'bench' };
          return [{ type: 'task.submitted', stream: streams.task(taskId), data }];
        },
      },
      open: (ctx) => Promise.resolve(void (bus = ctx.bus)),
      // As the queen does.
      every: [{ ms: 500, run: async ({ bus }) => void (await bus.queue.rescue()) }],
    });
    const running = await startAgent(agent, { config: await configOf(place), name: `worker-${process.pid}` });
    return {
      stop: () => running.drain(1_000),
      enqueue: (task) => (bus ? enqueueOn(bus, [task]) : Promise.reject(new Error('the worker was not opened'))),
    };
  },
  follow: async (place, heard) => {
    const store = await openPlace(place);
    const bus = createBus(store, 'bench/follower');
    const stop = new AbortController();
    const following = bus.follow({
      name: 'follower',
      types: ['*'],
      start: 'origin',
      handle: async () => (heard(), []),
      signal: stop.signal,
    });
    return {
      stop: async () => {
        stop.abort();
        await following;
        bus.close();
        await store.close();
      },
    };
  },
};
