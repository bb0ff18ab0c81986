/**
 * What counts as an error of a trace, wherever one is counted: an attempt, a task, a plan or a workflow that came to nothing. What led there (a call that
 * failed, a lease that ran out, a rejected merge) looks as bad and is told beside it, and would count one failure twice.
 */
export const errorTypes: readonly string[] = [
  ...['failed', 'refused', 'dead_lettered', 'attempt_failed'].map((it) => `task.${it}`),
  ...['workflow.failed', 'workflow.plan_failed'],
];
