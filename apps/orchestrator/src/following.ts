import { alignPaused, wakeSteps, type Move } from '@hive/bus';
import { modelsOf, shownText, stepPlaces, turnsOf, type Agent, type Context } from '@hive/agent-kit';
import { origin } from '@hive/core-db';
import {
  Plan,
  isOpen,
  isWorkflowOpen,
  type ApprovalView,
  type CallView,
  type HiveEvent,
  type PlannedTask,
  type Submission,
} from '@hive/events';
import { changeFigures } from '@hive/front-desk';
import { isHeld } from './approvals/gates.ts';
import { localRef } from './boxes/local-ref.ts';
import { withPlacement } from './boxes/placement.ts';
import { decide, type Known } from './decide.ts';
import { withLimits } from './limits.ts';
import { evolve, initialState, type State } from './state.ts';

const pageSize = 1000;
const followed = ['workflow.*', 'task.*', 'approval.*', 'merge.completed'];

/** What is remembered of workflows between events; all of it can be read again from the log. */
export type Remembered = { readonly states: Map<string, State> };

type Queen = Context & { readonly own: Remembered };

/** How the queen follows workflows: each event is folded and decided, and its moves are handed to the kit. */
export const following = {
  types: [...followed],
  handle: async (event, ctx) => {
    const state = await stateAfter(event, ctx);
    const known = await knownOf(state, event, ctx);
    const taskOf = (id: string) => state.tasks.get(id)?.spec ?? known.plan.find((task) => task.id === id);
    const submission = state.workflow?.submission ?? null;
    const decided = decide(state, event, known);
    for (const { shown } of decided) if (shown) await ctx.artefacts.put(shownText(shown));
    const limited = withLimits(decided, { config: ctx.config, submission, taskOf });
    const moves = await placed(limited, { ctx, submission, taskOf });
    if (mayBeMisplaced(state, event)) await alignPaused(ctx.bus.store, event.correlationId);
    const answered = answeredCall(state, event);
    if (answered) await wakeSteps(ctx.bus.store, answered);
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
      types: followed,
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

/** The request about a call that a person has answered, or nobody has in time: whoever waits for it goes on and finds the answer. */
const answeredCall = ({ approvals }: State, event: HiveEvent): ApprovalView | null => {
  if (event.type !== 'approval.decided' && event.type !== 'approval.expired') return null;
  const approval = approvals.get(event.data.approvalId);
  return approval?.kind === 'egress' ? approval : null;
};

const waiting = new Set<string>(['task.assigned', 'task.lease_expired', 'task.attempt_failed', 'task.snoozed']);

/** What decisions need beyond the state, read only for the events that ask for it. */
const knownOf = async (state: State, event: HiveEvent, ctx: Queen): Promise<Known> => {
  const hash = planIn(state, event);
  const plan = hash === null ? [] : await readPlan(hash, ctx);
  const files = await filesOf(state, event, ctx);
  const settles =
    event.type === 'workflow.plan_failed' ||
    event.type === 'workflow.resumed' ||
    event.type.startsWith('approval.') ||
    settling.has(event.type);
  const heads = settles
    ? await ctx.bus.store.listHeads({ kind: 'call', correlationId: event.correlationId, limit: 100_000 })
    : [];
  return {
    plan,
    ...(files && { files }),
    calls: heads.map((head) => head.view as CallView), // heads of kind `call` are made by foldStream
    turns: (spec) => turnsOf(ctx.config, state.workflow?.submission ?? null, spec),
  };
};

/** The plan that a decision is about: the one that has just come, or the one that a person has answered. */
const planIn = ({ workflow, approvals }: State, event: HiveEvent): string | null => {
  if (event.type === 'workflow.plan_generated') return event.data.plan;
  if (event.type !== 'approval.decided') return null;
  return approvals.get(event.data.approvalId)?.kind === 'plan' ? (workflow?.plan ?? null) : null;
};

/** What a change does to which file, for whoever is asked about it. Only the patch knows. */
const filesOf = async (state: State, event: HiveEvent, { artefacts, log }: Context): Promise<Known['files']> => {
  if (event.type !== 'task.review_completed' && event.type !== 'task.escalated') return undefined;
  const task = state.tasks.get(event.data.taskId);
  const mayAsk =
    event.type === 'task.escalated' ||
    event.data.decision === 'escalate' ||
    event.data.decision === 'return' ||
    (task !== undefined && isHeld(state.workflow?.submission, task));
  if (!mayAsk || !task?.patch) return undefined;
  try {
    return changeFigures(await artefacts.get(task.patch));
  } catch (error) {
    log.warn({ err: error, taskId: task.id }, 'patch not read; it is shown without figures');
    return undefined;
  }
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
