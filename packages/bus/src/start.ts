import type { Start, StepRow } from '@hive/core-db';
import { parseEventData, streams } from '@hive/events';
import type { Stamp } from './compose.ts';
import { assignment, rowOf, type NewStep } from './new-step.ts';

/**
 * A step as the store puts it into the queue without anybody having read its stream: the first of a task, which nobody has claimed before. Null
 * where more has to be known than that.
 */
export const startOf = (
  step: NewStep,
  { causationId, actor, id }: Pick<Stamp, 'causationId' | 'actor'> & { readonly id: string },
): Start | null => {
  if (step.limits && step.limits.length > 0) return null;
  const { type, stream, data: given } = assignment(step, null);
  const data = parseEventData(type, given);
  const row: StepRow = rowOf(step, { lastEventId: id, atMs: 0, tries: 0 });
  return {
    event: {
      id,
      type,
      stream,
      version: 0,
      correlationId: step.workflowId,
      causationId,
      actor,
      at: '',
      data,
    },
    step: row,
    unless: { stream: streams.workflow(step.workflowId), state: 'paused' },
  };
};
