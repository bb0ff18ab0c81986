import { settledTypes, taskTypes } from './settled-types.ts';

/** The events that the statuses of open tasks come from. */
const named: Readonly<Record<string, string>> = {
  pending: 'created redriven',
  ready: 'ready returned attempt_failed lease_expired snoozed',
  working: 'claimed',
  submitted: 'submitted',
  checked: 'checked',
  reviewed: 'review_completed',
};
const settled = /^(waiting|infra|failed|merged|completed|refused|blocked|cancelled)$/;

/** The events behind a status of tasks, which a figure of that status opens; all of tasks for one that this version does not know. */
export const statusTypes = (status: string): readonly string[] =>
  settled.test(status) ? settledTypes(status) : taskTypes(named[status] ?? '*');
