import type { Check, PlannedTask, Submission } from '@hive/events';

/** The checks of a task: those of the workflow, and its own added. */
export const checksOf = (submission: Submission, spec: PlannedTask): Check[] => [...submission.checks, ...spec.checks];
