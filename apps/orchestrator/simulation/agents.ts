import { defineAgent, type Agent, type Context, type StepInHand } from '@hive/agent-kit';
import { rest } from '@hive/bus';
import { HiveError } from '@hive/errors';
import { streams, type Evidence } from '@hive/events';
import { following, type Remembered } from '../src/following.ts';
import { lookAfterQueue } from '../src/look-after-queue.ts';
import { newSha, type Branches, type Git } from './branches.ts';
import { tellLeftMoves } from './left-moves.ts';
import { mergeAs } from './merging.ts';
import type { Chance } from './chance.ts';
import type { Fault } from './faults.ts';
import type { Workflow } from './workflows.ts';

/** How long a handler may take. */
export const deadlineMs = 2_000;

/** The queen as she is, without what reads and writes files. */
export const queen: Agent<Remembered> = defineAgent<Remembered>({
  name: 'orchestrator',
  open: () => Promise.resolve({ states: new Map() }),
  follow: following,
  every: [{ ms: 500, run: lookAfterQueue }],
});

export type Handling = {
  readonly chance: Chance;
  readonly branches: Branches;
  readonly git: Git;
  readonly workflows: ReadonlyMap<string, Workflow>;
  /** Counted over all workers. */
  readonly faultOf: (handling: number) => Fault | undefined;
  readonly poison: Fault | undefined;
  /** Ends the process of this agent. */
  readonly kill: (agent: string) => void;
};

/** Takes every kind of step. What it answers has the shapes of the real ones; what it does takes time and may fail. */
export const createWorker = ({
  chance,
  branches,
  git,
  workflows,
  faultOf,
  poison,
  kill,
}: Handling): Agent<undefined> => {
  let handlings = 0;
  const take = async (step: StepInHand, { bus, agent }: Pick<Context, 'bus' | 'agent'>): Promise<void> => {
    const fault = faultOf(++handlings);
    await rest(bus.around, fault?.kind === 'slow' ? fault.ms : chance.next() * 20, step.signal);
    if (fault?.kind === 'fails')
      throw new HiveError('infra.oom', 'It needed too much', {
        remedy: fault.retry ? 'retry' : 'give_up',
        where: 'other',
      });
    step.signal.throwIfAborted();
    if (poison?.kind !== 'poison' || poison.step !== step.kind) return;
    if (poison.how === 'kills') kill(agent);
    if (poison.how !== 'throws') return new Promise(() => {});
    throw new Error('It cannot be done');
  };
  const taskOf = (step: StepInHand) => {
    if (!step.task) throw new Error(`a step ${step.kind} without a task`);
    return step.task;
  };

  return defineAgent<undefined>({
    name: 'worker',
    concurrency: 2,
    deadlineMs: () => deadlineMs,
    steps: {
      plan: async (step, ctx) => {
        await take(step, ctx);
        const { id } = step.workflow;
        const known = workflows.get(id);
        if (!known) throw new Error(`no plan of ${id}`);
        const tasks = known.tasks.map(({ id: task, key, needs }) => ({ id: task, key, needs }));
        const data = { workflowId: id, plan: known.hash, by: 'plan file', tasks };
        return [{ type: 'workflow.plan_generated', stream: streams.workflow(id), data }];
      },
      work: async (step, ctx) => {
        const { agent } = ctx;
        const { id, spec } = taskOf(step);
        await take(step, ctx);
        const author = spec.author ?? 'ollama:m@box';
        const data = { taskId: id, ...step.mark, base: sha('1'), commit: newSha(chance), patch, author, agent };
        return [{ type: 'task.submitted', stream: streams.task(id), data }];
      },
      check: async (step, ctx) => {
        const { agent } = ctx;
        const { id } = taskOf(step);
        await take(step, ctx);
        const isRed = chance.next() < 0.05;
        const verdict = { code: isRed ? ('checks.red' as const) : null, reason: isRed ? 'red' : null, findings: [] };
        const data = { taskId: id, ...step.mark, evidence: evidenceBy(agent), verdict };
        return [{ type: 'task.checked', stream: streams.task(id), data }];
      },
      review: async (step, ctx) => {
        const { agent } = ctx;
        const { id } = taskOf(step);
        await take(step, ctx);
        const decision = chance.next() < 0.9 ? ('approve' as const) : ('return' as const);
        const reviewer = { agent, kind: 'rules' as const };
        const data = { taskId: id, ...step.mark, decision, reviewer, findings: [], remaining: 0 };
        return [{ type: 'task.review_completed', stream: streams.task(id), data }];
      },
      merge: async (step, ctx) => mergeAs({ step, ctx, task: taskOf(step) }, { chance, branches, git, take }),
    },
    every: [{ ms: 1_000, run: (ctx) => tellLeftMoves(ctx, { branches, git, workflows }) }],
  });
};

const sha = (digit: string): string => digit.repeat(40);
const patch = 'a'.repeat(64);

/** What a check by this agent tells. */
export const evidenceBy = (agent: string): Evidence => ({
  base: sha('1'),
  head: sha('2'),
  tree: sha('3'),
  patch,
  author: 'human',
  commands: [],
  redBefore: 'not_needed',
  greenAfter: true,
  checkedBy: { agent, host: 'here' },
  sandbox: 'none',
  at: '2026-01-01T00:00:00.000Z',
});
