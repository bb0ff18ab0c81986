import type { Check, TaskView, WorkflowView } from '@hive/events';

/** The checks of a task: those of the workflow, and its own added. */
export const checksOf = (workflow: WorkflowView, task: TaskView): Check[] => [
  ...workflow.submission.checks,
  ...task.spec.checks,
];
