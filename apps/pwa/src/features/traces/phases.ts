/** What time is spent on. */
export type PhaseKind =
  'needs' | 'queued' | 'model' | 'command' | 'check' | 'review' | 'merge' | 'person' | 'parked' | 'paused';

/** A stretch of time, in ms since 1970; `to` is null while it lasts. */
export type Phase = { readonly kind: PhaseKind; readonly from: number; readonly to: number | null };

/** The bars of one task, and where its change came to a bad end. */
export type TaskBar = { readonly phases: readonly Phase[]; readonly endedBadlyAt: number | null };

/** What an event begins; `work` is the model's or a command's, which the author of the task tells. */
export type Begun = Exclude<PhaseKind, 'model' | 'command'> | 'work' | 'end';

const stepKinds = { plan: 'work', work: 'work', check: 'check', review: 'review', merge: 'merge' } as const;
const badEnds = new Set<string>(['task.refused', 'task.failed', 'task.dead_lettered', 'task.blocked']);

const begun: Readonly<Record<string, Begun>> = {
  'task.created': 'needs',
  'task.redriven': 'needs',
  'task.ready': 'queued',
  'task.submitted': 'queued',
  'task.checked': 'queued',
  'task.review_completed': 'queued',
  'task.returned': 'queued',
  'task.attempt_failed': 'queued',
  'task.lease_expired': 'queued',
  'task.snoozed': 'queued',
  'task.escalated': 'person',
  'approval.requested': 'person',
  'model.parked': 'parked',
  'workflow.submitted': 'queued',
  'workflow.paused': 'paused',
};
const ends = [
  ...['task.refused', 'task.failed', 'task.dead_lettered', 'task.blocked', 'task.merged', 'task.completed'],
  ...['task.cancelled', 'approval.decided', 'approval.expired', 'approval.consumed', 'workflow.plan_generated'],
  ...['workflow.plan_failed', 'workflow.started', 'workflow.resumed', 'workflow.completed', 'workflow.failed'],
  ...['workflow.cancelled'],
];
const rules = new Map<string, Begun>([...Object.entries(begun), ...ends.map((type) => [type, 'end'] as const)]);

/** What begins with an event of this type and step; null when it begins nothing and what was goes on. */
export const beginsWith = (type: string, step: string | null): Begun | null => {
  if (type === 'task.claimed')
    return Object.hasOwn(stepKinds, step ?? '') ? stepKinds[step as keyof typeof stepKinds] : null;
  return rules.get(type) ?? null;
};

/** True for the end of a task that nobody wanted. */
export const isBadEnd = (type: string): boolean => badEnds.has(type);

/** Whether the events about a subject make a bar: those of tasks, of requests to people, and of the workflow itself. */
export const hasBar = (subject: string, isTask: boolean): boolean =>
  isTask || subject.startsWith('approval/') || subject.startsWith('workflow/');

const idleKinds = new Set<PhaseKind>(['needs', 'queued', 'person', 'parked', 'paused']);

/** True while somebody or something works; false for waiting. */
export const isActive = (kind: PhaseKind): boolean => !idleKinds.has(kind);

/** How long a task was worked on, without waiting for needs, queue, limits or people. */
export const activeMs = (bar: TaskBar, now: number): number =>
  bar.phases.filter(({ kind }) => isActive(kind)).reduce((sum, { from, to }) => sum + (to ?? now) - from, 0);
