import { alignPaused, type Move } from '@hive/bus';
import { modelsOf, stepPlaces, type Agent, type Context } from '@hive/agent-kit';
import type { HiveConfig } from '@hive/config';
import { origin } from '@hive/core-db';
import {
  Plan,
  isOpen,
  isWorkflowOpen,
  type CallView,
  type HiveEvent,
  type PlannedTask,
  type Submission,
} from '@hive/events';
import { localRef } from './boxes/local-ref.ts';
import { withPlacement } from './boxes/placement.ts';
import { decide, type Known } from './decide.ts';
import { withLimits } from './limits.ts';
import { evolve, initialState, type State } from './state.ts';

const pageSize = 1000;

/** What is remembered of workflows between events; all of it can be read again from the log. */
export type Remembered = { readonly states: Map<string, State> };

type Queen = Context & { readonly own: Remembered };

/** How the queen follows workflows: each event is folded and decided, and its moves are handed to the kit. */
export const following = {
  types: ['workflow.*', 'task.*'],
  handle: async (event, ctx) => {
    const state = await stateAfter(event, ctx);
    const known = await knownOf(state, event, ctx);
    const taskOf = (id: string) => state.tasks.get(id)?.spec ?? known.plan.find((task) => task.id === id);
    const submission = state.workflow?.submission ?? null;
    const limited = withLimits(decide(state, event, known), { config: ctx.config, submission, taskOf });
    const moves = await placed(limited, { ctx, submission, taskOf });
    if (mayBeMisplaced(state, event)) await alignPaused(ctx.bus.store, event.correlationId);
    if (isOver(state)) ctx.own.states.delete(event.correlationId);
    return moves;
  },
  onOvertaken: ({ states }) => states.clear(),
} satisfies Agent<Remembered>['follow'];

/** Says where authors would run, as far as boxes are known at this moment: a decision waits for none of them. */
const placed = async (
  moves: readonly Move[],
  {
    ctx,
    submission,
    taskOf,
  }: {
    readonly ctx: Context;
    readonly submission: Submission | null;
    readonly taskOf: (id: string) => PlannedTask | undefined;
  },
): Promise<readonly Move[]> => {
  const { config, pool, bus } = ctx;
  if (config.boxes.length === 0 || !moves.some(({ step }) => step?.kind === 'work')) return moves;
  const refOf = (taskId: string) => {
    const task = taskOf(taskId);
    if (task?.author !== null) return null;
    return localRef(
      modelsOf(config, { role: 'worker', ref: task.model ?? submission?.model ?? null, localOnly: false })[0],
    );
  };
  if (!moves.some(({ step }) => step?.kind === 'work' && step.taskId !== null && refOf(step.taskId))) return moves;
  if (pool.seen().every(({ up }) => up === null)) return moves;
  const state = await pool.state(stepPlaces(bus, null));
  return withPlacement(moves, { pool: state, refOf, now: state.placedAt, random: () => bus.around.random() });
};

/** The fold of the trace up to and including `event`. Kept per workflow; read from the log where it is not known. */
const stateAfter = async (event: HiveEvent, ctx: Queen): Promise<State> => {
  const { states } = ctx.own;
  const known = states.get(event.correlationId);
  const state = known ? evolve(known, event) : await replay(event, ctx);
  states.set(event.correlationId, state);
  return state;
};

const replay = async (last: HiveEvent, { bus }: Context): Promise<State> => {
  let state = initialState();
  let after = origin;
  for (;;) {
    const page = await bus.store.events({
      correlationId: last.correlationId,
      types: ['workflow.*', 'task.*'],
      after,
      limit: pageSize,
    });
    for (const event of page.events) {
      state = evolve(state, event);
      if (event.id === last.id) return state;
      after = event.cursor;
    }
    if (page.events.length < pageSize) return state;
  }
};

/** A step was put into the queue while somebody paused or resumed its workflow, perhaps in that very moment. */
const mayBeMisplaced = ({ workflow }: State, { type }: HiveEvent): boolean =>
  type === 'workflow.resumed' || (workflow?.state === 'paused' && (type === 'workflow.paused' || waiting.has(type)));

const waiting = new Set<string>(['task.assigned', 'task.lease_expired', 'task.attempt_failed', 'task.snoozed']);

/** What decisions need beyond the state, read only for the events that ask for it. */
const knownOf = async (state: State, event: HiveEvent, ctx: Queen): Promise<Known> => {
  const plan = event.type === 'workflow.plan_generated' ? await readPlan(event.data.plan, ctx) : [];
  const settles =
    event.type === 'workflow.plan_failed' || event.type === 'workflow.resumed' || settling.has(event.type);
  const heads = settles
    ? await ctx.bus.store.listHeads({ kind: 'call', correlationId: event.correlationId, limit: 100_000 })
    : [];
  return {
    plan,
    calls: heads.map((head) => head.view as CallView), // heads of kind `call` are made by foldStream
    turns: (spec) => turnsOf(ctx.config, state.workflow?.submission ?? null, spec),
  };
};

const turnsOf = (
  config: Pick<HiveConfig, 'models' | 'fallback'>,
  submission: Submission | null,
  spec: PlannedTask | null,
): number => {
  const role = spec === null ? 'planner' : 'worker';
  const ref = submission?.replay?.models[role] ?? spec?.model ?? submission?.model ?? null;
  const rungs = modelsOf(config, { role, ref, localOnly: false }).length;
  return rungs > 1 ? rungs * config.fallback.after : 0;
};

const settling = new Set<string>([
  'task.merged',
  'task.completed',
  'task.refused',
  'task.failed',
  'task.dead_lettered',
  'task.blocked',
  'task.cancelled',
]);

const readPlan = async (hash: string, { artefacts }: Context): Promise<readonly PlannedTask[]> =>
  Plan.parse(JSON.parse(Buffer.from(await artefacts.get(hash)).toString('utf8'))).tasks;

/** Nothing more will come, so nothing is kept; a redrive reads it again. */
const isOver = ({ workflow, tasks }: State): boolean =>
  workflow !== null && !isWorkflowOpen(workflow.state) && ![...tasks.values()].some((task) => isOpen(task.state));
