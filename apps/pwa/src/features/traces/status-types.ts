/** The events that each status of a task comes from; a figure of that status opens them. */
const types: Readonly<Record<string, readonly string[]>> = {
  pending: ['task.created', 'task.redriven'],
  ready: ['task.ready', 'task.returned', 'task.attempt_failed', 'task.lease_expired', 'task.snoozed'],
  working: ['task.claimed'],
  submitted: ['task.submitted'],
  checked: ['task.checked'],
  reviewed: ['task.review_completed'],
  waiting: ['task.escalated'],
  infra: ['task.failed'],
  failed: ['task.failed', 'task.dead_lettered'],
  ...Object.fromEntries(['merged', 'completed', 'refused', 'blocked', 'cancelled'].map((it) => [it, [`task.${it}`]])),
};

/** The events behind a status of tasks; all of tasks for one that this version does not know. */
export const statusTypes = (status: string): readonly string[] => types[status] ?? ['task.*'];
