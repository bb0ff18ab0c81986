import type { StepInHand } from '@hive/agent-kit';
import { isModelAuthor, mergeRules, proofRules, streams, type Evidence, type TaskView } from '@hive/events';
import type { OwnContext } from './own-context.ts';
import { readTasks } from './others.ts';

/** An approved change: its task as it was when it was looked at, the author's commit on its base, and the evidence for exactly that. */
export type Change = {
  readonly task: TaskView;
  readonly base: string;
  readonly commit: string;
  readonly evidence: Evidence;
};

/** The change of the step's own task, then those that the queen named to go in with it and that may still do so. */
export const changesOf = async (step: StepInHand, ctx: OwnContext): Promise<readonly [Change, ...Change[]]> => {
  const lead = step.task && changeOf(step.task);
  if (!lead) throw new Error('a step `merge` without evidence');
  const { batch } = mergeRules(step.workflow.submission.policy?.merge);
  if (batch === 1) return [lead];
  const { events } = await ctx.bus.store.events({
    stream: streams.task(lead.task.id),
    types: ['task.assigned'],
    newest: true,
    limit: 1,
  });
  const [assigned] = events;
  const named = assigned?.type === 'task.assigned' && assigned.data.step === 'merge' ? (assigned.data.with ?? []) : [];
  const others = await readTasks(named.slice(0, batch - 1), ctx);
  return [lead, ...others.flatMap((task) => (task?.state === 'reviewed' && changeOf(task)) || [])];
};

const changeOf = (task: TaskView): Change | null => {
  const { base, commit, evidence } = task;
  return base === null || commit === null || evidence === null ? null : { task, base, commit, evidence };
};

/** Whether another agent has to come to the same before the change is merged. */
export const wantsSecondOpinion = ({ task }: Change, step: StepInHand): boolean => {
  const { secondOpinion } = proofRules(step.workflow.submission.policy?.proof);
  return secondOpinion === 'always' || (secondOpinion === 'models' && isModelAuthor(task.author ?? ''));
};
