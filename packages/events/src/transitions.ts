import { HiveError } from '@hive/errors';
import type { EventType } from './catalogue.ts';
import type { Step } from './steps.ts';

/** The states of a task. The last seven are settled. */
export const taskStates = [
  'pending',
  'ready',
  'working',
  'submitted',
  'checked',
  'reviewed',
  'waiting',
  'merged',
  'completed',
  'refused',
  'failed',
  'blocked',
  'dead_lettered',
  'cancelled',
] as const;
export type TaskState = (typeof taskStates)[number];

const open = [
  'pending',
  'ready',
  'working',
  'submitted',
  'checked',
  'reviewed',
  'waiting',
] as const satisfies TaskState[];

/** True while a task may still change by itself. */
export const isOpen = (state: TaskState): boolean => (open as readonly TaskState[]).includes(state);

type Row = {
  readonly from: readonly (TaskState | null)[];
  readonly event: EventType;
  readonly to: TaskState;
  readonly step?: Step;
};

/** The table of CONTRACTS section 1: which event moves a task from where to where. `step`: only for events of that step. */
export const taskTransitions: readonly Row[] = [
  { from: [null], event: 'task.created', to: 'pending' },
  { from: ['pending'], event: 'task.ready', to: 'ready' },
  { from: ['ready'], event: 'task.claimed', to: 'working', step: 'work' },
  { from: ['working'], event: 'task.lease_expired', to: 'ready', step: 'work' },
  { from: ['working'], event: 'task.attempt_failed', to: 'ready', step: 'work' },
  { from: ['working'], event: 'task.snoozed', to: 'ready', step: 'work' },
  { from: ['working'], event: 'task.submitted', to: 'submitted' },
  { from: ['working'], event: 'task.completed', to: 'completed' },
  { from: ['submitted'], event: 'task.checked', to: 'checked' },
  { from: ['checked', 'reviewed', 'waiting'], event: 'task.review_completed', to: 'reviewed' },
  { from: ['reviewed'], event: 'task.merged', to: 'merged' },
  { from: ['reviewed', 'waiting'], event: 'task.returned', to: 'ready' },
  { from: ['working', 'reviewed'], event: 'task.escalated', to: 'waiting' },
  { from: ['working', 'submitted', 'checked', 'reviewed', 'waiting'], event: 'task.refused', to: 'refused' },
  { from: ['pending', 'ready'], event: 'task.blocked', to: 'blocked' },
  { from: open, event: 'task.failed', to: 'failed' },
  { from: open, event: 'task.dead_lettered', to: 'dead_lettered' },
  { from: [...open, 'dead_lettered'], event: 'task.cancelled', to: 'cancelled' },
  { from: ['failed'], event: 'task.discarded', to: 'failed' },
  {
    from: ['refused', 'failed', 'blocked', 'dead_lettered', 'cancelled'],
    event: 'task.redriven',
    to: 'pending',
  },
];

/** In which states a step of a task is due; its events are allowed there and, but for the step `work`, change nothing. */
export const dueStates: Readonly<Record<Exclude<Step, 'plan'>, readonly TaskState[]>> = {
  work: ['ready', 'working'],
  check: ['submitted'],
  review: ['checked', 'reviewed', 'waiting'],
  merge: ['reviewed'],
};

/** In which states of its stream a step may be claimed (empty: in any), and the state after the claim (null: unchanged). */
export const claimEffect = (step: Step): ClaimEffect => claimEffects[step];

type ClaimEffect = { readonly due: readonly TaskState[]; readonly becomes: TaskState | null };

const effectOf = (step: keyof typeof dueStates): ClaimEffect => ({
  due: dueStates[step],
  becomes: taskTransitions.find((it) => it.event === 'task.claimed' && it.step === step)?.to ?? null,
});

const claimEffects: Readonly<Record<Step, ClaimEffect>> = {
  plan: { due: [], becomes: null },
  work: effectOf('work'),
  check: effectOf('check'),
  review: effectOf('review'),
  merge: effectOf('merge'),
};

const stepEvents = new Set<EventType>([
  'task.assigned',
  'task.claimed',
  'task.lease_expired',
  'task.attempt_failed',
  'task.snoozed',
]);

/** The shape of an event that the table looks at. */
export type TaskChange = { readonly type: EventType; readonly data: unknown };

/** The state of a task after an event; null when the table does not allow it there. */
export const nextTaskState = (state: TaskState | null, event: TaskChange): TaskState | null => {
  const step = (event.data as { step?: Step }).step;
  const row = taskTransitions.find(
    (it) => it.event === event.type && it.from.includes(state) && (it.step === undefined || it.step === step),
  );
  if (row) return row.to;
  if (!stepEvents.has(event.type) || state === null || step === undefined || step === 'plan') return null;
  return dueStates[step].includes(state) ? state : null;
};

/** The states of a workflow. The last three are settled. */
export const workflowStates = [
  'submitted',
  'planned',
  'running',
  'paused',
  'completed',
  'failed',
  'cancelled',
] as const;
export type WorkflowState = (typeof workflowStates)[number];

const openWorkflow = ['submitted', 'planned', 'running', 'paused'] as const satisfies WorkflowState[];

/** True while a workflow may still change by itself. */
export const isWorkflowOpen = (state: WorkflowState): boolean =>
  (openWorkflow as readonly WorkflowState[]).includes(state);

const workflowRows: Readonly<Record<string, { from: readonly (WorkflowState | null)[]; to: WorkflowState | 'back' }>> =
  {
    'workflow.submitted': { from: [null], to: 'submitted' },
    'workflow.plan_generated': { from: ['submitted'], to: 'planned' },
    'workflow.plan_failed': { from: ['submitted'], to: 'submitted' },
    'workflow.started': { from: ['planned'], to: 'running' },
    'workflow.paused': { from: ['submitted', 'planned', 'running'], to: 'paused' },
    'workflow.resumed': { from: ['paused', 'failed', 'cancelled'], to: 'back' },
    'workflow.completed': { from: ['running'], to: 'completed' },
    'workflow.failed': { from: ['submitted', 'planned', 'running'], to: 'failed' },
    'workflow.cancelled': { from: openWorkflow, to: 'cancelled' },
  };

/**
 * The state of a workflow after an event; null when it is not allowed there. `pausedFrom` is where a paused workflow returns to.
 * A redrive brings a failed or cancelled workflow back to `running`.
 */
export const nextWorkflowState = (
  state: WorkflowState | null,
  type: EventType,
  pausedFrom: WorkflowState | null,
): WorkflowState | null => {
  const row = workflowRows[type];
  if (!row?.from.includes(state)) return null;
  if (row.to !== 'back') return row.to;
  return state === 'paused' ? pausedFrom : 'running';
};

/** What may still come from a planner or the queen while a workflow is paused; it moves on where the workflow returns to. */
const whilePaused: readonly EventType[] = ['workflow.plan_generated', 'workflow.plan_failed', 'workflow.started'];

/** Where a paused workflow will return to after an event; null when the event is not allowed while it is paused. */
export const nextPausedFrom = (pausedFrom: WorkflowState | null, type: EventType): WorkflowState | null =>
  whilePaused.includes(type) ? nextWorkflowState(pausedFrom, type, null) : null;

/** The refusal of the store when an event does not fit the state. */
export const transitionRefused = (stream: string, state: string | null, type: string): HiveError =>
  new HiveError('transition.refused', `${type} does not fit ${stream}, which is ${state ?? 'not there yet'}`, {
    details: { stream, state, type },
  });
