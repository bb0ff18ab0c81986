import { HiveError, isHiveError } from '@hive/errors';
import { parseEventData, type NewEvent } from './catalogue.ts';
import type { Plan, PlannedTask } from './plan.ts';
import { streams } from './streams.ts';

/** The event by which a goal becomes tasks. `hash` is where their full text lies, `by` who made them. */
export const planGenerated = (
  workflowId: string,
  { tasks }: Plan,
  { hash, by }: { readonly hash: string; readonly by: string },
): NewEvent<'workflow.plan_generated'> => ({
  type: 'workflow.plan_generated',
  stream: streams.workflow(workflowId),
  data: { workflowId, plan: hash, by, tasks: tasks.map(({ id, key, needs }) => ({ id, key, needs })) },
});

/** The event by which a task of a plan comes to be. */
export const taskCreated = (workflowId: string, spec: PlannedTask): NewEvent<'task.created'> => ({
  type: 'task.created',
  stream: streams.task(spec.id),
  data: { taskId: spec.id, workflowId, spec },
});

/** Throws `plan.invalid`, with the task that it is about, for a plan whose events could not be recorded. */
export const assertRecordable = (workflowId: string, plan: Plan): void => {
  for (const spec of plan.tasks)
    assertEvent(taskCreated(workflowId, spec), {
      about: `Task ${spec.key}`,
      instead: 'shorten its instructions, commands, checks or paths',
      details: { task: spec.key },
    });
  const hash = '0'.repeat(64); // as long as any other
  assertEvent(planGenerated(workflowId, plan, { hash, by: '' }), {
    about: 'The plan',
    instead: 'hand it in as several',
  });
};

const assertEvent = (
  { type, data }: NewEvent,
  {
    about,
    instead,
    details = {},
  }: { readonly about: string; readonly instead: string; readonly details?: Readonly<Record<string, unknown>> },
): void => {
  try {
    parseEventData(type, data);
  } catch (error) {
    if (!isHiveError(error)) throw error;
    const why =
      error.code === 'event.too_large'
        ? `is larger than the 256 KiB that an event can hold; ${instead}`
        : `cannot be recorded: ${error.message}`;
    throw new HiveError('plan.invalid', `${about} ${why}`, { details, cause: error });
  }
};
