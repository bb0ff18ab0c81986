import type { HiveEvent } from '@hive/events';

/** What the log tells of one step. */
export type AnnouncedStep = {
  readonly id: string;
  readonly kind: string;
  readonly taskId: string | null;
  readonly workflowId: string;
  failures: number;
  rescues: number;
};

/**
 * Follows the steps of one stream through its events. The log tells which steps there were and how often each failed or was rescued; it does not
 * tell priorities, caps and holders, which are decisions and signs of life, so rows of steps are compared and never made anew.
 */
export const createAnnouncedSteps = (): {
  readonly see: (event: HiveEvent) => void;
  readonly all: () => AnnouncedStep[];
} => {
  const steps: AnnouncedStep[] = [];
  const latest = (kind: string) => steps.findLast((it) => it.kind === kind);
  return {
    see: (event) => {
      switch (event.type) {
        case 'task.assigned':
          steps.push({
            id: event.data.stepId,
            kind: event.data.step,
            taskId: event.data.taskId,
            workflowId: event.correlationId,
            failures: 0,
            rescues: 0,
          });
          return;
        case 'task.attempt_failed': {
          const step = latest(event.data.step);
          if (step) step.failures += 1;
          return;
        }
        case 'task.lease_expired': {
          const step = latest(event.data.step);
          if (step) step.rescues += 1;
          return;
        }
        default:
      }
    },
    all: () => steps,
  };
};
