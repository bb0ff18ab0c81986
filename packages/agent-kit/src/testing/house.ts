import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBus, newId, record, streamOfStep, type Bus, type NewStep } from '@hive/bus';
import type { Pool } from '@hive/ollama-bridge';
import { poolOf } from '../boxes/pool-of.ts';
import { loadConfig, type HiveConfig } from '@hive/config';
import { openStore, type Store } from '@hive/core-db';
import { openMemory, type Memory } from '@hive/core-db/memory';
import { streams, type HiveEvent, type NewEvent, type PlannedTask, type Submission, type TaskView } from '@hive/events';
import type { Artefacts } from '@hive/workspace';
import { pino } from 'pino';
import type { Agent } from '../agent.ts';
import { artefactsOf } from '../artefacts-of.ts';
import { startAgent, startAgentOn, type Running } from '../run-agent.ts';

/** A store, a home and the hand of the queen: puts tasks and steps there, starts agents in this process, and looks at what they recorded. */
export type House = {
  readonly folder: string;
  readonly config: HiveConfig;
  readonly store: Store;
  readonly bus: Bus;
  readonly pool: Pool;
  readonly artefacts: Artefacts;
  /** Records a workflow that is running, with one pending task for each of these; answers the ids of the tasks. */
  begin(
    submission: Partial<Submission> & Pick<Submission, 'repo' | 'base'>,
    ...tasks: Partial<PlannedTask>[]
  ): Promise<string[]>;
  /** Records events of a task, as the queen or another agent would. */
  tell(taskId: string, ...events: NewEvent[]): Promise<void>;
  /** Puts a step of a task into the queue; the work of a pending task makes it ready. A queen does that too: start one afterwards. */
  enqueue(taskId: string, kind: Exclude<NewStep['kind'], 'plan'>, more?: Partial<NewStep>): Promise<void>;
  start<S>(agent: Agent<S>, name?: string, place?: { readonly host?: string }): Promise<Running>;
  view(taskId: string): Promise<TaskView>;
  /** Events of a stream in order, as `type` or as a whole. */
  events(stream: string): Promise<readonly HiveEvent[]>;
  /** What `hive verify` finds broken. */
  broken(): Promise<readonly string[]>;
  close(): Promise<void>;
};

/**
 * Opens a house in a folder of its own, on SQLite unless `env` names another database or `memory` is given, whose clock is the test's. Its agents run
 * commands without a sandbox unless `yaml` says otherwise.
 */
export const openHouse = async ({
  yaml = 'hive: { sandbox: { mode: off, allowUnsandboxed: true }, disk: { floorGb: 0 } }',
  env = {},
  memory,
}: {
  readonly yaml?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly memory?: Memory;
} = {}): Promise<House> => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'hive-agents-')));
  const home = join(folder, 'home');
  await mkdir(home);
  await writeFile(join(home, 'hive.yaml'), yaml);
  const config = await loadConfig({ env: { HOME: folder, HIVE_HOME: home, ...env }, cwd: folder, cloneRoot: null });
  const { database } = config;
  const store = memory
    ? openMemory(memory)
    : await openStore({ home, ...(database.dialect === 'postgres' && { url: database.url.reveal() }) });
  const bus = createBus(store, 'test/house');
  const pool = poolOf(config, store);
  const artefacts = artefactsOf(home);
  const started: Running[] = [];

  const view = async (taskId: string): Promise<TaskView> => {
    const { heads } = await store.heads([streams.task(taskId)]);
    return heads.get(streams.task(taskId))?.view as TaskView;
  };

  const begin: House['begin'] = async (submission, ...tasks) => {
    const workflowId = newId();
    const stream = streams.workflow(workflowId);
    const specs = tasks.map((task, index): PlannedTask => ({
      ...anyTask,
      id: newId(),
      key: `t${index}`,
      title: `Task ${index}`,
      ...task,
    }));
    // A queen of this house reads it; without it she would try five times, and all that comes after would wait.
    const plan = await artefacts.put(JSON.stringify({ version: 1, tasks: specs }));
    const whole = { ...anySubmission, workflowId, branch: `hive/test-${workflowId.slice(-8)}`, plan, ...submission };
    await bus.command({
      on: null,
      correlationId: workflowId,
      events: [{ type: 'workflow.submitted', stream, data: whole }],
    });
    await bus.command({
      on: stream,
      correlationId: workflowId,
      events: [
        {
          type: 'workflow.plan_generated',
          stream,
          data: { workflowId, plan, by: 'test', tasks: specs.map(({ id, key, needs }) => ({ id, key, needs })) },
        },
        { type: 'workflow.started', stream, data: { workflowId, tasks: specs.length } },
        ...specs.map((spec): NewEvent => ({
          type: 'task.created',
          stream: streams.task(spec.id),
          data: { taskId: spec.id, workflowId, spec },
        })),
      ],
    });
    return specs.map(({ id }) => id);
  };

  const tell: House['tell'] = async (taskId, ...events) => {
    const { workflowId } = await view(taskId);
    await bus.command({ on: streams.task(taskId), correlationId: workflowId, events });
  };

  const enqueue: House['enqueue'] = async (taskId, kind, more = {}) => {
    const task = await view(taskId);
    const stream = streams.task(taskId);
    const step: NewStep = { ...anyStep, id: newId(), kind, taskId, workflowId: task.workflowId, ...more };
    await record(store, {
      streams: [streamOfStep(step)],
      onRefused: 'throw',
      plan: (heads) => ({
        moves: [{ events: task.state === 'pending' ? [{ type: 'task.ready', stream, data: { taskId } }] : [], step }],
        stamp: {
          correlationId: task.workflowId,
          causationId: heads.get(stream)?.lastEventId ?? null,
          actor: 'test/house',
        },
      }),
    });
  };

  return {
    folder,
    config,
    store,
    bus,
    pool,
    artefacts,
    begin,
    tell,
    enqueue,
    view,
    start: async (agent, name = agent.name, place = {}) => {
      const options = { config, name, log: pino({ level: 'silent' }) };
      const running = await (memory
        ? startAgentOn(openMemory(memory), agent, options, place)
        : startAgent(agent, options, place));
      started.push(running);
      return running;
    },
    events: async (stream) => (await store.events({ stream, limit: 1000 })).events,
    broken: async () =>
      (await store.verify()).flatMap(({ status, number, offenders }) =>
        status === 'broken' ? [`${number}: ${offenders.join('; ')}`] : [],
      ),
    close: async () => {
      await Promise.all(started.map((running) => running.drain(0)));
      pool.stop();
      bus.close();
      await store.close();
      // What a worker had started may still end.
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
};

const anyTask = {
  needs: [],
  kind: 'change',
  author: 'human',
  checks: [],
  redBefore: 'not_needed',
  capabilities: [],
  priority: 0,
  timeoutS: 60,
} as const satisfies Partial<PlannedTask>;

const anySubmission = {
  goal: 'test',
  into: null,
  checks: [],
  setup: null,
  source: 'file',
  model: null,
  localOnly: false,
  budget: null,
  redBefore: 'needed',
  passEnv: [],
  example: false,
} as const satisfies Partial<Submission>;

const anyStep = {
  capabilities: [],
  priority: 0,
  maxAttempts: 3,
  onlyAgent: null,
  avoidAgent: null,
  because: 'test',
} as const satisfies Partial<NewStep>;
