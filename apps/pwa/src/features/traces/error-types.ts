/** The events in which what went wrong in a trace is told. */
export const errorTypes: readonly string[] = [
  ...['attempt_failed', 'lease_expired', 'refused', 'failed', 'blocked', 'dead_lettered'].map((it) => `task.${it}`),
  ...[
    'workflow.plan_failed',
    'workflow.failed',
    'merge.rejected',
    'model.called',
    'budget.exhausted',
    'system.alert_raised',
  ],
];
