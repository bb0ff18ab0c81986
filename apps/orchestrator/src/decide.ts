import { isCode, outcomeOf } from '@hive/errors';
import { derivedId, type Move, type NewStep } from '@hive/bus';
import { anyoneBut, onHost } from '@hive/core-db';
import {
  afterFindings,
  isModelAuthor,
  isOpen,
  noUsage,
  proofRules,
  reviewRules,
  streams,
  taskCreated,
  usageOf,
  type ApprovalDocument,
  type ApprovalView,
  type CallView,
  type EventOf,
  type HiveEvent,
  type NewEvent,
  type PlannedTask,
  type Step,
  type TaskView,
  type Usage,
} from '@hive/events';
import { answersOthers } from './approvals/answers-others.ts';
import { taskFollows, used, withdrawals } from './approvals/decide-approvals.ts';
import { planDocument } from './approvals/document.ts';
import { afterEscalation, escalate } from './approvals/escalate.ts';
import { isHeld, mergeGate, planGate } from './approvals/gates.ts';
import { ask, rulesOf, type Decided } from './approvals/request.ts';
import type { State } from './state.ts';

const maxAttempts: Readonly<Record<Step, number>> = { plan: 3, work: 3, check: 2, review: 3, merge: 5 };

/**
 * What the queen reads before she decides, beside the state: the plan's tasks and the calls that were paid so far. `turns`: how many attempts the
 * models of a list have between them, at a task or (null) at the plan; 0 where there is no list.
 */
export type Known = {
  readonly plan: readonly PlannedTask[];
  readonly calls: readonly CallView[];
  readonly turns?: (spec: PlannedTask | null) => number;
  /** The files of the change that the event is about, where a person may be asked about it. */
  readonly files?: ApprovalDocument['files'];
};

/**
 * What follows from an event: the moves of the queen. Pure. `state` already includes the event. A move that no longer fits because the world
 * has moved on is dropped by the store; the event that made it unfit will be decided in its turn.
 */
export const decide = (state: State, event: HiveEvent, known: Known): readonly Decided[] =>
  inTurn(
    state,
    withTurns(
      [...follows(state, event, known), ...merges(state, event), ...withdrawals(state, event)],
      known,
      (id) => state.tasks.get(id)?.spec ?? known.plan.find((spec) => spec.id === id),
    ),
  );

/** Each step says how many of its workflow wait for the same already, so that those of other workflows have their turn in between. */
const inTurn = ({ waiting }: State, moves: readonly Decided[]): readonly Decided[] => {
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
  moves: readonly Decided[],
  { turns }: Known,
  specOf: (id: string) => PlannedTask | undefined,
): readonly Decided[] =>
  moves.map((move) => {
    const spec = move.step?.kind === 'work' && move.step.taskId !== null ? specOf(move.step.taskId) : undefined;
    if (!move.step || !spec || !turns) return move;
    return { ...move, step: { ...move.step, maxAttempts: Math.max(move.step.maxAttempts, turns(spec)) } };
  });

const follows = (state: State, event: HiveEvent, known: Known): readonly Decided[] => {
  switch (event.type) {
    case 'workflow.submitted':
      return [{ events: [], step: planStep(event, known) }];
    case 'workflow.plan_generated':
      return afterPlan(state, event, known.plan);
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
    case 'task.escalated':
      return event.data.approvalId === undefined ? afterEscalation(state, event, known) : [];
    case 'approval.decided':
    case 'approval.expired':
      return afterAnswer(state, event, known);
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
  priority: event.data.priority ?? 0,
  maxAttempts: Math.max(maxAttempts.plan, turns?.(null) ?? 0),
  onlyAgent: null,
  avoidAgent: null,
  because: 'any planner',
});

/** A plan begins, unless a policy asks a person first. */
const afterPlan = (
  state: State,
  event: EventOf<'workflow.plan_generated'>,
  plan: readonly PlannedTask[],
): readonly Decided[] => {
  const submission = state.workflow?.submission;
  const because = submission ? planGate(submission, plan) : [];
  if (!submission || because.length === 0) return start(event, event.data.workflowId, plan);
  const shown = planDocument(submission, { plan, hash: event.data.plan, by: event.data.by, because });
  return [ask(event, shown, { rules: rulesOf(submission), proposer: event.actor })];
};

const start = (
  event: HiveEvent,
  workflowId: string,
  plan: readonly PlannedTask[],
  approval?: ApprovalView,
): readonly Move[] => {
  const created = plan.map((spec) => taskCreated(workflowId, spec));
  const started: NewEvent = {
    type: 'workflow.started',
    stream: streams.workflow(workflowId),
    data: {
      workflowId,
      tasks: plan.length,
      ...(approval && { approvalId: approval.id, actionHash: approval.actionHash }),
    },
  };
  const first = plan.filter((spec) => spec.needs.length === 0);
  return [
    { events: [started, ...created, ...(approval ? [used(approval)] : [])] },
    ...first.map((spec) => ready(event, workflowId, spec, 'it needs nothing')),
  ];
};

/** A task without open needs becomes ready, and its work goes into the queue. */
const ready = (event: HiveEvent, workflowId: string, spec: PlannedTask, why: string): Move => ({
  events: [{ type: 'task.ready', stream: streams.task(spec.id), data: { taskId: spec.id } }],
  step: stepOf(event, workflowId, spec, 'work', `any worker with its capabilities; ${why}`),
});

/** Who is to take a step rather than others, what is asked of them, and what they may deal with besides. */
type Whom = {
  readonly avoidAgent?: string;
  readonly capabilities?: readonly string[];
  readonly with?: readonly string[];
};

const stepOf = (
  event: HiveEvent,
  workflowId: string,
  spec: PlannedTask,
  kind: Exclude<Step, 'plan'>,
  because: string,
  options: Whom = {},
): NewStep => ({
  id: derivedId(event.id, `step ${kind} ${spec.id}`),
  kind,
  workflowId,
  taskId: spec.id,
  capabilities: kind === 'work' ? spec.capabilities : (options.capabilities ?? []),
  priority: spec.priority,
  maxAttempts: maxAttempts[kind],
  onlyAgent: null,
  avoidAgent: options.avoidAgent ?? null,
  because,
  ...(options.with?.length && { with: options.with }),
});

const enqueue = (
  state: State,
  event: HiveEvent,
  taskId: string,
  kind: Exclude<Step, 'plan'>,
  because: string,
  options: Whom = {},
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

const afterReview = (state: State, event: EventOf<'task.review_completed'>, known: Known): readonly Decided[] => {
  const { taskId, decision, findings, reviewer } = event.data;
  const task = state.tasks.get(taskId);
  if (!task) return [];
  const stream = streams.task(taskId);
  const what = findings[0]?.message ?? 'the reviewer gave no reason';
  if (decision === 'approve') {
    const submission = state.workflow?.submission;
    if (!submission || !isHeld(submission, task)) return [];
    const because = mergeGate(submission, task.findings);
    return escalate(state, event, task, { because, reason: because.map(({ text }) => text).join('; '), known });
  }
  const by = reviewer.kind === 'model' ? ('model' as const) : ('rules' as const);
  const told = findings.map(({ rule, message }) => ({ by, rule, text: message }));
  if (decision === 'escalate') {
    return escalate(state, event, task, { because: told, reason: `${reviewer.agent}: ${what}`, known });
  }
  const rules = reviewRules(state.workflow?.submission.policy?.review);
  const follows = afterFindings(task, { rules, turns: known.turns?.(task.spec) ?? 0 });
  if (follows === 'return') return [{ events: [{ type: 'task.returned', stream, data: { taskId, findings } }] }];
  if (follows === 'ask')
    return escalate(state, event, task, {
      because: [{ by: 'policy', rule: 'review.returns', text: `Returns so far: ${task.returns}` }, ...told],
      reason: `Returns so far: ${task.returns}, and still: ${what}`,
      known,
    });
  // The verdict of the check says more than "rejected" where it was what spoke against the change. A failed call of the reviewer says nothing.
  const verdict = task.code !== null && isCode(task.code) && outcomeOf(task.code) === 'refused' ? task.code : null;
  const because =
    verdict === null
      ? { code: 'review.rejected' as const, reason: what }
      : { code: verdict, reason: task.reason ?? what };
  return [{ events: [{ type: 'task.refused', stream, data: { taskId, ...because, findings } }] }];
};

/** A person has answered, or nobody has in time. */
const afterAnswer = (
  state: State,
  event: EventOf<'approval.decided' | 'approval.expired'>,
  known: Known,
): readonly Move[] => {
  const approval = state.approvals.get(event.data.approvalId);
  if (!approval) return [];
  // The step that asked is in the queue, and goes on by itself.
  if (approval.kind === 'egress') return answersOthers(state, approval, event);
  if (approval.kind === 'plan') return planAnswered(state, event, approval, known);
  const events = taskFollows(state.tasks.get(approval.taskId ?? ''), approval, event);
  return events.length === 0 ? [] : [{ events }];
};

const planAnswered = (state: State, event: HiveEvent, approval: ApprovalView, known: Known): readonly Move[] => {
  const under = state.workflow?.state === 'paused' ? state.workflow.pausedFrom : state.workflow?.state;
  if (under !== 'planned') return [];
  if (approval.state === 'approved') return start(event, approval.workflowId, known.plan, approval);
  return [planRefused(state, approval, known)];
};

const planRefused = (
  state: State,
  { state: answer, decidedBy, reason, expiresAt }: ApprovalView,
  known: Known,
): Move =>
  answer === 'denied'
    ? fail(
        state,
        'approval.denied',
        `${decidedBy ?? 'A person'}: ${reason ?? 'no reason was given'}`,
        usageOf(known.calls),
      )
    : fail(state, 'approval.expired', `Nobody decided about its plan until ${expiresAt}`, usageOf(known.calls));

/** The merge of the change whose turn has come with this event. */
const merges = (state: State, event: HiveEvent): readonly Move[] =>
  state.merging?.since === event.id
    ? enqueue(state, event, state.merging.taskId, 'merge', 'first of the approved changes of this branch', {
        with: state.merging.others,
        ...elsewhere(state, state.tasks.get(state.merging.taskId)),
      })
    : [];

/** A second opinion comes from another machine than the first one where there is one, or in any case, as the policy has it. */
const elsewhere = (
  { workflow }: State,
  task: TaskView | undefined,
): { readonly avoidAgent?: string; readonly capabilities?: readonly string[] } => {
  const { secondOpinion, otherHost } = proofRules(workflow?.submission.policy?.proof);
  const isWanted = secondOpinion === 'always' || (secondOpinion === 'models' && isModelAuthor(task?.author ?? ''));
  if (!isWanted || !task?.evidence) return {};
  const first = onHost(task.evidence.checkedBy.host);
  return otherHost === 'require' ? { capabilities: [anyoneBut(first)] } : { avoidAgent: first };
};

const isDone = (task: TaskView | undefined): boolean => task?.state === 'merged' || task?.state === 'completed';
/** What others need of a task is its change on the branch, and that may be there though the task was cancelled meanwhile. */
const isMet = ({ tasks, landed }: State, need: string): boolean => {
  const task = tasks.get(need);
  return isDone(task) || (task !== undefined && !isOpen(task.state) && landed.has(need));
};
const isLost = (state: State, need: string): boolean => {
  const task = state.tasks.get(need);
  return task !== undefined && !isOpen(task.state) && !isMet(state, need);
};

const dependents = (state: State, taskId: string): TaskView[] =>
  [...state.tasks.values()].filter((task) => task.spec.needs.includes(taskId));

const settledWell = (state: State, event: HiveEvent, taskId: string, known: Known): readonly Move[] => [
  ...dependents(state, taskId)
    .filter((task) => task.state === 'pending' && task.spec.needs.every((need) => isMet(state, need)))
    .map((task) => ready(event, task.workflowId, task.spec, 'all its needs are merged')),
  ...finish(state, known),
];

const settledBadly = (state: State, event: HiveEvent, taskId: string, known: Known): readonly Move[] => [
  ...dependents(state, taskId)
    .filter((task) => !isMet(state, taskId) && (task.state === 'pending' || task.state === 'ready'))
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
  if (workflow?.state === 'planned') {
    const refused = [...state.approvals.values()].find(
      (it) => it.kind === 'plan' && (it.state === 'denied' || it.state === 'expired'),
    );
    return refused ? [planRefused(state, refused, known)] : [];
  }
  if (workflow?.state !== 'submitted' || workflow.code === null || !isCode(workflow.code)) return finish(state, known);
  return [fail(state, workflow.code, workflow.reason ?? workflow.code, usageOf(known.calls))];
};

/** A redriven task starts anew; what it had blocked is redriven with it, and a workflow that was over goes on. */
const redriven = (state: State, event: EventOf<'task.redriven'>, taskId: string): readonly Move[] => {
  const task = state.tasks.get(taskId);
  if (!task || !state.workflow) return [];
  const isOver = state.workflow.state === 'failed' || state.workflow.state === 'cancelled';
  const awake = isOver ? [resume(task.workflowId)] : [];
  const { needs } = task.spec;
  const lostNeed = needs.find((need) => isLost(state, need));
  const self = lostNeed
    ? [block(state, taskId, lostNeed)]
    : needs.every((need) => isMet(state, need))
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
