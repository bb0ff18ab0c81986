/** What the list of traces counts as errors. */
export const errorTypes: readonly string[] = [
  ...['failed', 'refused', 'dead_lettered', 'attempt_failed'].map((it) => `task.${it}`),
  ...['workflow.failed', 'workflow.plan_failed'],
];
