import { isCode, outcomeOf } from '@hive/errors';
import { derivedId, type Move, type NewStep } from '@hive/bus';
import {
  isModelAuthor,
  isOpen,
  noUsage,
  streams,
  usageOf,
  type CallView,
  type EventOf,
  type HiveEvent,
  type NewEvent,
  type PlannedTask,
  type Step,
  type TaskView,
  type Usage,
} from '@hive/events';
import type { State } from './state.ts';

/** Times a model is asked again after a return before a person has to look. */
const maxReturns = 3;
const maxAttempts: Readonly<Record<Step, number>> = { plan: 3, work: 3, check: 2, review: 3, merge: 5 };

/**
 * What the queen reads before she decides, beside the state: the plan's tasks and the calls that were paid so far. `turns`: how many attempts the
 * models of a list have between them, at a task or (null) at the plan; 0 where there is no list.
 */
export type Known = {
  readonly plan: readonly PlannedTask[];
  readonly calls: readonly CallView[];
  readonly turns?: (spec: PlannedTask | null) => number;
};

/**
 * What follows from an event: the moves of the queen. Pure. `state` already includes the event. A move that no longer fits because the world
 * has moved on is dropped by the store; the event that made it unfit will be decided in its turn.
 */
export const decide = (state: State, event: HiveEvent, known: Known): readonly Move[] =>
  inTurn(
    state,
    withTurns(
      [...follows(state, event, known), ...merges(state, event)],
      known,
      (id) => state.tasks.get(id)?.spec ?? known.plan.find((spec) => spec.id === id),
    ),
  );

/** Each step says how many of its workflow wait for the same already, so that those of other workflows have their turn in between. */
const inTurn = ({ waiting }: State, moves: readonly Move[]): readonly Move[] => {
  const added = new Map<Step, number>();
  return moves.map((move) => {
    if (!move.step) return move;
    const { kind } = move.step;
    const before = added.get(kind) ?? 0;
    added.set(kind, before + 1);
    return { ...move, step: { ...move.step, behind: (waiting.get(kind)?.size ?? 0) + before } };
  });
};

/** Where several models follow each other, each has its attempts at the work. */
const withTurns = (
  moves: readonly Move[],
  { turns }: Known,
  specOf: (id: string) => PlannedTask | undefined,
): readonly Move[] =>
  moves.map((move) => {
    const spec = move.step?.kind === 'work' && move.step.taskId !== null ? specOf(move.step.taskId) : undefined;
    if (!move.step || !spec || !turns) return move;
    return { ...move, step: { ...move.step, maxAttempts: Math.max(move.step.maxAttempts, turns(spec)) } };
  });

const follows = (state: State, event: HiveEvent, known: Known): readonly Move[] => {
  switch (event.type) {
    case 'workflow.submitted':
      return [{ events: [], step: planStep(event, known) }];
    case 'workflow.plan_generated':
      return start(state, event, known.plan);
    case 'workflow.plan_failed':
      return [fail(state, event.data.code, event.data.reason, usageOf(known.calls))];
    case 'workflow.failed':
      return openTasks(state).length > 0 ? [resume(event.data.workflowId)] : [];
    case 'workflow.resumed':
      return resumed(state, known);
    case 'workflow.cancelled':
      return openTasks(state).map((task) => ({ events: [cancelled(task.id, event.data.reason)] }));
    case 'task.submitted':
      return enqueue(
        state,
        event,
        event.data.taskId,
        'check',
        'checked by another worker than the author, where there is one',
        {
          avoidAgent: event.data.agent,
        },
      );
    case 'task.checked':
      return afterCheck(state, event);
    case 'task.review_completed':
      return event.data.remaining > 0 && event.data.decision === 'approve' ? [] : afterReview(state, event, known);
    case 'task.returned':
      return work(state, event, event.data.taskId, 'returned to its author');
    case 'task.merged':
    case 'task.completed':
      return settledWell(state, event, event.data.taskId, known);
    case 'task.refused':
    case 'task.failed':
    case 'task.dead_lettered':
    case 'task.blocked':
    case 'task.cancelled':
      return settledBadly(state, event, event.data.taskId, known);
    case 'task.redriven':
      return redriven(state, event, event.data.taskId);
    case 'task.attempt_failed':
      return event.data.final ? lost(event.data.taskId, event, event.data.code, event.data.reason) : [];
    case 'task.lease_expired':
      return event.data.final
        ? lost(
            event.data.taskId,
            event,
            'rescues.exhausted',
            `Its holder vanished ${event.data.rescues} times; it may kill its worker`,
          )
        : [];
    default:
      return [];
  }
};

const planStep = (event: EventOf<'workflow.submitted'>, { turns }: Known): NewStep => ({
  id: derivedId(event.id, 'step plan'),
  kind: 'plan',
  workflowId: event.data.workflowId,
  taskId: null,
  capabilities: [],
  priority: 0,
  maxAttempts: Math.max(maxAttempts.plan, turns?.(null) ?? 0),
  onlyAgent: null,
  avoidAgent: null,
  because: 'any planner',
});

const start = (
  state: State,
  event: EventOf<'workflow.plan_generated'>,
  plan: readonly PlannedTask[],
): readonly Move[] => {
  const { workflowId } = event.data;
  const created = plan.map((spec): NewEvent => ({
    type: 'task.created',
    stream: streams.task(spec.id),
    data: { taskId: spec.id, workflowId, spec },
  }));
  const started: NewEvent = {
    type: 'workflow.started',
    stream: streams.workflow(workflowId),
    data: { workflowId, tasks: plan.length },
  };
  const first = plan.filter((spec) => spec.needs.length === 0);
  return [
    { events: [started, ...created] },
    ...first.map((spec) => ready(event, workflowId, spec, 'it needs nothing')),
  ];
};

/** A task without open needs becomes ready, and its work goes into the queue. */
const ready = (event: HiveEvent, workflowId: string, spec: PlannedTask, why: string): Move => ({
  events: [{ type: 'task.ready', stream: streams.task(spec.id), data: { taskId: spec.id } }],
  step: stepOf(event, workflowId, spec, 'work', `any worker with its capabilities; ${why}`),
});

const stepOf = (
  event: HiveEvent,
  workflowId: string,
  spec: PlannedTask,
  kind: Exclude<Step, 'plan'>,
  because: string,
  options: { readonly avoidAgent?: string } = {},
): NewStep => ({
  id: derivedId(event.id, `step ${kind} ${spec.id}`),
  kind,
  workflowId,
  taskId: spec.id,
  capabilities: kind === 'work' ? spec.capabilities : [],
  priority: spec.priority,
  maxAttempts: maxAttempts[kind],
  onlyAgent: null,
  avoidAgent: options.avoidAgent ?? null,
  because,
});

const enqueue = (
  state: State,
  event: HiveEvent,
  taskId: string,
  kind: Exclude<Step, 'plan'>,
  because: string,
  options: { readonly avoidAgent?: string } = {},
): readonly Move[] => {
  const task = state.tasks.get(taskId);
  return task ? [{ events: [], step: stepOf(event, task.workflowId, task.spec, kind, because, options) }] : [];
};

const work = (state: State, event: HiveEvent, taskId: string, why: string): readonly Move[] =>
  enqueue(state, event, taskId, 'work', `any worker with its capabilities; ${why}`);

/** Only a model is asked again by itself; whoever handed in a patch hears why it was refused. */
const afterCheck = (state: State, event: EventOf<'task.checked'>): readonly Move[] => {
  const { taskId, verdict } = event.data;
  const task = state.tasks.get(taskId);
  if (!task) return [];
  if (verdict.code === null || isModelAuthor(task.author ?? ''))
    return enqueue(state, event, taskId, 'review', 'any reviewer');
  return [
    {
      events: [
        {
          type: 'task.refused',
          stream: streams.task(taskId),
          data: { taskId, code: verdict.code, reason: verdict.reason ?? verdict.code, findings: verdict.findings },
        },
      ],
    },
  ];
};

const afterReview = (state: State, event: EventOf<'task.review_completed'>, { turns }: Known): readonly Move[] => {
  const { taskId, decision, findings, reviewer } = event.data;
  const task = state.tasks.get(taskId);
  if (!task) return [];
  const stream = streams.task(taskId);
  const what = findings[0]?.message ?? 'the reviewer gave no reason';
  if (decision === 'approve') return [];
  if (decision === 'escalate')
    return [{ events: [{ type: 'task.escalated', stream, data: { taskId, reason: `${reviewer.agent}: ${what}` } }] }];
  const most = Math.max(maxReturns, (turns?.(task.spec) ?? 0) - 1);
  if (isModelAuthor(task.author ?? '') && task.returns < most)
    return [{ events: [{ type: 'task.returned', stream, data: { taskId, findings } }] }];
  // The verdict of the check says more than "rejected" where it was what spoke against the change. A failed call of the reviewer says nothing.
  const verdict = task.code !== null && isCode(task.code) && outcomeOf(task.code) === 'refused' ? task.code : null;
  const because =
    verdict === null
      ? { code: 'review.rejected' as const, reason: what }
      : { code: verdict, reason: task.reason ?? what };
  return [{ events: [{ type: 'task.refused', stream, data: { taskId, ...because, findings } }] }];
};

/** The merge of the change whose turn has come with this event. */
const merges = (state: State, event: HiveEvent): readonly Move[] =>
  state.merging?.since === event.id
    ? enqueue(state, event, state.merging.taskId, 'merge', 'first of the approved changes of this branch')
    : [];

const isDone = (task: TaskView | undefined): boolean => task?.state === 'merged' || task?.state === 'completed';
const isLost = (task: TaskView | undefined): boolean => task !== undefined && !isOpen(task.state) && !isDone(task);

const dependents = (state: State, taskId: string): TaskView[] =>
  [...state.tasks.values()].filter((task) => task.spec.needs.includes(taskId));

const settledWell = (state: State, event: HiveEvent, taskId: string, known: Known): readonly Move[] => [
  ...dependents(state, taskId)
    .filter((task) => task.state === 'pending' && task.spec.needs.every((need) => isDone(state.tasks.get(need))))
    .map((task) => ready(event, task.workflowId, task.spec, 'all its needs are merged')),
  ...finish(state, known),
];

const settledBadly = (state: State, event: HiveEvent, taskId: string, known: Known): readonly Move[] => [
  ...dependents(state, taskId)
    .filter((task) => task.state === 'pending' || task.state === 'ready')
    .map((task) => block(state, task.id, taskId)),
  ...finish(state, known),
];

const block = (state: State, taskId: string, by: string): Move => {
  const need = state.tasks.get(by);
  const reason = `It needs ${need?.spec.key ?? by}, which was ${need?.state === 'dead_lettered' ? 'given up' : (need?.state ?? 'lost')}`;
  return {
    events: [{ type: 'task.blocked', stream: streams.task(taskId), data: { taskId, code: 'need.failed', reason, by } }],
  };
};

/** A workflow that was over goes on. */
const resume = (workflowId: string): Move => ({
  events: [{ type: 'workflow.resumed', stream: streams.workflow(workflowId), data: { workflowId } }],
});

/** What came to its end while the workflow was paused is told now. */
const resumed = (state: State, known: Known): readonly Move[] => {
  const { workflow } = state;
  if (workflow?.state !== 'submitted' || workflow.code === null || !isCode(workflow.code)) return finish(state, known);
  return [fail(state, workflow.code, workflow.reason ?? workflow.code, usageOf(known.calls))];
};

/** A redriven task starts anew; what it had blocked is redriven with it, and a workflow that was over goes on. */
const redriven = (state: State, event: EventOf<'task.redriven'>, taskId: string): readonly Move[] => {
  const task = state.tasks.get(taskId);
  if (!task || !state.workflow) return [];
  const isOver = state.workflow.state === 'failed' || state.workflow.state === 'cancelled';
  const awake = isOver ? [resume(task.workflowId)] : [];
  const needs = task.spec.needs.map((need) => state.tasks.get(need));
  const lostNeed = needs.find(isLost);
  const self = lostNeed
    ? [block(state, taskId, lostNeed.id)]
    : needs.every(isDone)
      ? [ready(event, task.workflowId, task.spec, 'redriven')]
      : [];
  const others = dependents(state, taskId)
    .filter((other) => other.state === 'blocked')
    .map((other): Move => ({
      events: [{ type: 'task.redriven', stream: streams.task(other.id), data: { taskId: other.id } }],
    }));
  return [...awake, ...self, ...others];
};

/** No attempt or rescue is left. */
const lost = (
  taskId: string | null,
  event: EventOf<'task.attempt_failed'> | EventOf<'task.lease_expired'>,
  code: EventOf<'task.attempt_failed'>['data']['code'],
  reason: string,
): readonly Move[] => {
  if (taskId === null) {
    const workflowId = event.correlationId;
    return [
      {
        events: [
          { type: 'workflow.plan_failed', stream: streams.workflow(workflowId), data: { workflowId, code, reason } },
        ],
      },
    ];
  }
  const type = event.type === 'task.lease_expired' ? 'task.dead_lettered' : 'task.failed';
  return [{ events: [{ type, stream: streams.task(taskId), data: { taskId, code, reason } }] }];
};

const openTasks = (state: State): TaskView[] => [...state.tasks.values()].filter((task) => isOpen(task.state));

const cancelled = (taskId: string, reason: string | undefined): NewEvent => ({
  type: 'task.cancelled',
  stream: streams.task(taskId),
  data: { taskId, ...(reason !== undefined && { reason }) },
});

/** The end of a workflow, once every task is settled. */
const finish = (state: State, known: Known): readonly Move[] => {
  const { workflow } = state;
  if (workflow?.state !== 'running' || openTasks(state).length > 0) return [];
  const all = [...state.tasks.values()];
  const usage = known.calls.length === 0 ? noUsage : usageOf(known.calls);
  const bad = all.filter((task) => !isDone(task));
  if (bad.length > 0) return [fail(state, null, `${bad.length} of ${all.length} tasks did not get through`, usage)];
  const merged = all.filter((task) => task.state === 'merged').length;
  return [
    {
      events: [
        {
          type: 'workflow.completed',
          stream: streams.workflow(workflow.id),
          data: { workflowId: workflow.id, merged, usage },
        },
      ],
    },
  ];
};

const fail = (state: State, code: EventOf<'workflow.failed'>['data']['code'], reason: string, usage: Usage): Move => {
  const workflowId = state.workflow?.id ?? '';
  const count = (wanted: TaskView['state']) => [...state.tasks.values()].filter((task) => task.state === wanted).length;
  return {
    events: [
      {
        type: 'workflow.failed',
        stream: streams.workflow(workflowId),
        data: {
          workflowId,
          code,
          reason,
          merged: count('merged'),
          refused: count('refused'),
          waiting: count('waiting'),
          usage,
        },
      },
    ],
  };
};
