import { setTimeout as sleep } from 'node:timers/promises';
import { openHouse } from '@hive/agent-kit/testing';
import { newId, type Claim } from '@hive/bus';
import { createArtefacts } from '@hive/core-db';
import { createDesk } from '@hive/front-desk';
import {
  streams,
  type DataOf,
  type Desk,
  type HiveEvent,
  type Plan,
  type PlannedTask,
  type TaskView,
} from '@hive/events';
import orchestrator from '../../apps/orchestrator/src/agent.ts';
import planner from '../../apps/planner/src/agent.ts';
import reviewer from '../../apps/reviewer/src/agent.ts';
import worker from '../../apps/worker/src/agent.ts';
import type { Act } from './acts.ts';

/** A Hive in one process to record a trace on: real queen, planner, queue and store; real hands, or played ones. */
export type Stage = Awaited<ReturnType<typeof openStage>>;

/** What the hands do with the steps, by `key kind`, e.g. `a work`; the first one first. Where nothing is left, all goes well. */
export type Script = Readonly<Record<string, readonly Act[]>>;

const leaseMs = 400;
const patienceMs = 60_000;

export const openStage = async (options: { readonly hands: 'real' | 'played' }) => {
  const house = await openHouse();
  const { bus, store, config } = house;
  const artefacts = createArtefacts(config.home);
  await house.start(orchestrator);
  await house.start(planner);
  if (options.hands === 'real') {
    await house.start(worker, 'worker-1');
    await house.start(worker, 'worker-2');
    await house.start(reviewer);
  }
  const desk: Desk = createDesk({ bus, artefacts, config });

  const until = async (what: string, look: () => Promise<boolean>): Promise<void> => {
    const deadline = performance.now() + patienceMs;
    while (!(await look())) {
      if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
      await sleep(10);
    }
  };
  /** Until the queen has decided about everything that is in the log. */
  const settle = (): Promise<void> =>
    until('the queen has read the log', async () => {
      const end = await store.end();
      const queen = (await store.subscriptions()).find((it) => it.name === 'orchestrator');
      return queen?.cursor.position === end.position;
    });

  /** Hands in a plan whose work is only played, and waits until it has begun, or something else was recorded. */
  const submit = async (
    plan: readonly PlannedTask[],
    more: Partial<DataOf<'workflow.submitted'>> = {},
    then: HiveEvent['type'] = 'workflow.started',
  ): Promise<string> => {
    const workflowId = newId();
    const stream = streams.workflow(workflowId);
    const data: DataOf<'workflow.submitted'> = {
      workflowId,
      goal: 'A goal',
      repo: '/repo',
      base: '1'.repeat(40),
      branch: `hive/a-goal-${workflowId.slice(-8)}`,
      into: null,
      checks: [],
      setup: null,
      source: 'file',
      plan: await artefacts.put(JSON.stringify({ version: 1, tasks: [...plan] } satisfies Plan)),
      model: null,
      localOnly: false,
      budget: null,
      redBefore: 'needed',
      passEnv: [],
      example: false,
      ...more,
    };
    await bus.command({ on: null, correlationId: workflowId, events: [{ type: 'workflow.submitted', stream, data }] });
    if (plan.length > 0) await until('the plan is there', async () => (await typesOf(workflowId)).includes(then));
    await settle();
    return workflowId;
  };

  const typesOf = async (workflowId: string): Promise<readonly string[]> =>
    (await store.events({ correlationId: workflowId, limit: 10_000 })).events.map((it) => it.type);

  /** Nobody judges a change of their own, so there are two of them. */
  const claimNext = async (kinds: readonly Claim['step']['kind'][]): Promise<Claim | undefined> => {
    for (const agent of ['worker-1', 'worker-2']) {
      const asked = { kinds, agent, incarnation: 'played', capabilities: [], limit: 1, leaseMs };
      const [claim] = await bus.queue.claim(asked);
      if (claim) return claim;
    }
    return undefined;
  };

  /** Plays hands until nothing is left to do, or until `most` steps were played. */
  const play = async (script: Script = {}, most = Infinity): Promise<void> => {
    const left = new Map(Object.entries(script).map(([name, acts]) => [name, [...acts]]));
    for (let played = 0; played < most;) {
      await settle();
      const claim = await claimNext(['work', 'check', 'review', 'merge']);
      if (!claim) {
        const waiting = await store.steps({ states: ['ready', 'claimed', 'scheduled'], limit: 1 });
        if (waiting.length === 0) return;
        await sleep(20);
        continue;
      }
      const { step } = claim;
      const stream = streams.task(step.taskId ?? '');
      const task = (await store.heads([stream])).heads.get(stream)?.view as TaskView; // made by foldStream
      const act = left.get(`${task.spec.key} ${step.kind}`)?.shift() ?? null;
      const { usual } = await import('./acts.ts');
      await (act ?? usual[step.kind])({ claim, task, bus, settle });
      played += 1;
    }
    await settle();
  };

  return { ...house, artefacts, desk, submit, play, settle, until, typesOf, claimNext };
};
