import type { StepRow } from '@hive/core-db';
import { streams, type NewEvent, type Step, type TaskView, type WorkflowView } from '@hive/events';

/** A step that is to be put into the queue, together with the `task.assigned` that tells why. */
export type NewStep = {
  readonly id: string;
  readonly kind: Step;
  readonly workflowId: string;
  readonly taskId: string | null;
  readonly capabilities: readonly string[];
  readonly priority: number;
  readonly maxAttempts: number;
  readonly onlyAgent: string | null;
  readonly avoidAgent: string | null;
  readonly because: string;
};

/** Leases that may be lost before a step is given up as one that kills its worker. */
export const maxRescues = 5;

/** Where the events of a step are told: in the task's stream, those of `plan` in the workflow's. */
export const streamOfStep = (step: { readonly taskId: string | null; readonly workflowId: string }): string =>
  step.taskId === null ? streams.workflow(step.workflowId) : streams.task(step.taskId);

/** The event that announces a step. `view` is the stream's, for the number of the try. */
export const assignment = (
  step: NewStep,
  view: Pick<TaskView | WorkflowView, 'tries'> | null,
): NewEvent<'task.assigned'> => ({
  type: 'task.assigned',
  stream: streamOfStep(step),
  data: {
    taskId: step.taskId,
    step: step.kind,
    attempt: (view?.tries[step.kind] ?? 0) + 1,
    stepId: step.id,
    agent: step.onlyAgent,
    because: step.because,
  },
});

/** The row of a new step. `lastEventId` is its `task.assigned`. */
export const rowOf = (step: NewStep, lastEventId: string): StepRow => ({
  id: step.id,
  kind: step.kind,
  taskId: step.taskId,
  workflowId: step.workflowId,
  capabilities: step.capabilities.toSorted(),
  priority: step.priority,
  state: 'ready',
  runAt: null,
  token: 0,
  attempt: 0,
  failures: 0,
  rescues: 0,
  maxAttempts: step.maxAttempts,
  maxRescues,
  onlyAgent: step.onlyAgent,
  avoidAgent: step.avoidAgent,
  holder: null,
  holderAgent: null,
  leaseUntil: null,
  lastEventId,
  payload: null,
});
