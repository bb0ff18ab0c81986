import type { StepInHand } from '@hive/agent-kit';
import { streams, type NewEvent, type TaskView } from '@hive/events';
import { leaveToMerge, type UsedApproval } from '../approved.ts';
import { isStillApproved, tellOthers } from './others.ts';
import type { OwnContext } from './own-context.ts';
import type { Proven } from './prove-for-merge.ts';

/** A change that may go in, and what a person agreed to about it. */
export type Allowed = Proven & { readonly leave: UsedApproval };

/** `again`: what was checked is not what would go in. `ended`: a person is asked about the change of the step itself. */
export type Leaves = readonly Allowed[] | 'again' | { readonly ended: readonly NewEvent[] };

/** What each of them uses up of what a person agreed to. About whom they have to be asked again, they are. */
export const leavesFor = async (step: StepInHand, proven: readonly Proven[], ctx: OwnContext): Promise<Leaves> => {
  const allowed: Allowed[] = [];
  for (const one of proven) {
    const { change } = one;
    const leave = await leaveToMerge(change.task, step.workflow.submission, ctx);
    if (!('ask' in leave)) {
      allowed.push({ ...one, leave });
      continue;
    }
    if (change.task.id === step.task?.id) return { ended: [asked(step, change.task, leave.ask)] };
    await tellOthers(step, [change.task.id], ctx, ([task]) =>
      task && isStillApproved(task, change) ? [asked(step, task, leave.ask)] : [],
    );
  }
  return allowed.length === proven.length ? allowed : 'again';
};

const asked = (step: StepInHand, task: TaskView, reason: string): NewEvent => ({
  type: 'task.escalated',
  stream: streams.task(task.id),
  data: { taskId: task.id, ...(task.id === step.task?.id && step.mark), reason },
});
