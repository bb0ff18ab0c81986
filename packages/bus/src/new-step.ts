import { anyoneBut, type StepRow } from '@hive/core-db';
import { restingState } from './limits.ts';
import {
  claimEffect,
  isJudging,
  streams,
  type NewEvent,
  type Step,
  type TaskView,
  type WorkflowView,
} from '@hive/events';

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
  /** Other tasks that whoever takes the step may deal with under the same claim. */
  readonly with?: readonly string[];
  /** How many steps of its kind wait already in its workflow: so many turns of the other workflows go first. */
  readonly behind?: number;
  /** At most so many steps of a key are ready or claimed at once, e.g. of a repository; see `limits.ts`. */
  readonly limits?: StepRow['limits'];
};

/** Each step that a workflow has waiting sets its next one back by so much, so that workflows take turns. */
const turnMs = 10_000;

/** The head start of one point of priority. It is a time, so nothing waits for ever: six hours later the lower one is as good. */
const pointMs = 6 * 3_600_000;

/** The longest way back: a plan of two thousand tasks stays in the order of its priorities. */
const mostBehind = 2_000;

/** The place of a step among the ready ones; lower goes first. */
export const rankOf = (step: Pick<NewStep, 'priority' | 'behind'>, atMs: number): number =>
  atMs + Math.min(step.behind ?? 0, mostBehind) * turnMs - step.priority * pointMs;

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
    ...(step.with && { with: [...step.with] }),
  },
});

/**
 * The row of a new step. `lastEventId` is its `task.assigned`, `atMs` the moment of that, `tries` how often its kind was claimed on this stream before,
 * `author` the agent that made the change: it judges it never, whoever asks for the step and whoever else is there.
 */
export const rowOf = (
  step: NewStep,
  {
    lastEventId,
    atMs,
    tries,
    author = null,
  }: {
    readonly lastEventId: string;
    readonly atMs: number;
    readonly tries: number;
    readonly author?: string | null;
  },
): StepRow => {
  const { due, becomes } = claimEffect(step.kind);
  const others = isJudging(step.kind) && author !== null ? [anyoneBut(author)] : [];
  return {
    id: step.id,
    kind: step.kind,
    stream: streamOfStep(step),
    taskId: step.taskId,
    workflowId: step.workflowId,
    capabilities: [...step.capabilities, ...others].toSorted(),
    priority: step.priority,
    rank: rankOf(step, atMs),
    limits: step.limits ?? [],
    due,
    becomes,
    state: restingState(step.limits ?? []),
    runAt: null,
    token: 0,
    attempt: tries,
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
  };
};
