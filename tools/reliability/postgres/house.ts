import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, defineAgent, startAgent, type Agent } from '@hive/agent-kit';
import { createBus, newId, record, type Bus } from '@hive/bus';
import { loadConfig } from '@hive/config';
import { openStore, type Store } from '@hive/core-db';
import { databaseName, inDatabase, onServer } from '@hive/core-db/testing';
import { streams, type NewEvent, type Submission } from '@hive/events';

/** A database with Hive in it and agents of the real kit, whose steps do nothing: what is tried is the ground and not the work. */
export type House = {
  readonly url: string;
  /** A store of our own that takes no detour. */
  readonly store: Store;
  readonly bus: Bus;
  /** Records a workflow with one step `plan`; answers its id. */
  enqueue(): Promise<string>;
  /** Starts an agent of the kit on this address of the database; one that answers at once, unless given. */
  start(name: string, url: string, agent?: Agent<undefined>): Promise<void>;
  /** Ends the agents. */
  drain(): Promise<void>;
  /** When each step was put there and begun, by the database's clock, for all that were begun. */
  begun(): Promise<readonly { readonly id: string; readonly waitedMs: number }[]>;
  /** Offenders of `hive verify`. */
  broken(): Promise<readonly string[]>;
  close(): Promise<void>;
};

/** Answers each step at once: the plan of a goal that nobody wanted. */
const planner = defineAgent({
  name: 'planner',
  concurrency: 4,
  steps: { plan: ({ workflow }) => Promise.resolve([unwanted(workflow.id)]) },
});

/** The plan of a goal that nobody wanted. */
export const unwanted = (workflowId: string, reason = 'nothing was to be done'): NewEvent => ({
  type: 'workflow.plan_failed',
  stream: streams.workflow(workflowId),
  data: { workflowId, code: 'plan.failed', reason },
});

/** Opens a house in a new database of a server. */
export const openHouse = async (server: string): Promise<House> => {
  const database = databaseName('reliability');
  await onServer(server, `create database ${database}`);
  const url = inDatabase(server, database);
  const home = await mkdtemp(join(tmpdir(), 'hive-reliability-'));
  const store = await openStore({ url, home });
  const bus = createBus(store, 'harness');
  const drains: (() => Promise<unknown>)[] = [];
  const drain = async () => void (await Promise.all(drains.splice(0).map((end) => end())));
  return {
    url,
    store,
    bus,
    enqueue: async () => {
      const workflowId = newId();
      const stream = streams.workflow(workflowId);
      const data = { ...anySubmission, workflowId, branch: `hive/try-${workflowId.slice(-8)}` };
      await bus.command({
        on: null,
        correlationId: workflowId,
        events: [{ type: 'workflow.submitted', stream, data }],
      });
      const step = { ...anyStep, id: newId(), workflowId };
      await record(store, {
        streams: [stream],
        onRefused: 'throw',
        plan: (heads) => ({
          moves: [{ events: [], step }],
          stamp: {
            correlationId: workflowId,
            causationId: heads.get(stream)?.lastEventId ?? null,
            actor: 'harness',
          },
        }),
      });
      return workflowId;
    },
    start: async (name, at, agent = planner) => {
      const env = { HOME: home, HIVE_HOME: home, HIVE_DATABASE_URL: at };
      const config = await loadConfig({ env, cwd: home, cloneRoot: null });
      const log = createLogger({ agent: name });
      log.level = 'silent';
      const running = await startAgent(agent, { config, name, log });
      drains.push(() => running.drain(0));
    },
    begun: async () => {
      const rows = await readAll(store);
      const since = new Map(
        rows.flatMap((it) => (it.type === 'workflow.submitted' ? [[it.correlationId, it.at]] : [])),
      );
      return rows.flatMap((it) =>
        it.type === 'task.claimed'
          ? [{ id: it.correlationId, waitedMs: Date.parse(it.at) - Date.parse(since.get(it.correlationId) ?? it.at) }]
          : [],
      );
    },
    broken: async () =>
      (await store.verify()).flatMap(({ status, number, offenders }) =>
        status === 'broken' ? [`${number}: ${offenders.join('; ')}`] : [],
      ),
    drain,
    close: async () => {
      await drain();
      bus.close();
      await store.close();
      await onServer(server, `drop database if exists ${database} with (force)`).catch(() => undefined);
      await rm(home, { recursive: true, force: true });
    },
  };
};

const readAll = async (store: Store) => {
  const all = [];
  for (let after = { xid: '0', position: 0 }; ;) {
    const page = await store.events({ after, types: ['workflow.submitted', 'task.claimed'], limit: 1_000 });
    all.push(...page.events);
    if (page.events.length < 1_000) return all;
    after = page.looked;
  }
};

const anySubmission: Omit<Submission, 'workflowId' | 'branch'> = {
  goal: 'try',
  repo: '/nowhere',
  base: '0'.repeat(40),
  into: null,
  checks: [],
  setup: null,
  plan: null,
  source: 'submit',
  model: null,
  localOnly: false,
  budget: null,
  redBefore: 'needed',
  passEnv: [],
  example: false,
};

const anyStep = {
  kind: 'plan',
  taskId: null,
  capabilities: [],
  priority: 0,
  maxAttempts: 3,
  onlyAgent: null,
  avoidAgent: null,
  because: 'a try',
} as const;
