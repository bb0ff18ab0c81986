import { streams, type ApprovalView } from '@hive/events';
import type { Context, StepInHand } from '../agent.ts';

/** Whoever lets a task or a workflow begin anew after a denial wants to be asked again. */
export const isTriedAnew = async (
  view: ApprovalView,
  { task, workflow }: Pick<StepInHand, 'task' | 'workflow'>,
  { bus }: Pick<Context, 'bus'>,
): Promise<boolean> => {
  const since = view.decidedAt ?? view.expiresAt;
  const [stream, type] = task
    ? ([streams.task(task.id), 'task.redriven'] as const)
    : ([streams.workflow(workflow.id), 'workflow.resumed'] as const);
  const { events } = await bus.store.events({ stream, types: [type], newest: true, limit: 1 });
  return events.some(({ at }) => at > since);
};
