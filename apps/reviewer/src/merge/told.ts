import { turnsOf, type Context, type StepInHand } from '@hive/agent-kit';
import { beginningOf, type Code } from '@hive/errors';
import {
  afterFindings,
  reviewRules,
  streams,
  type DataOf,
  type Evidence,
  type Finding,
  type NewEvent,
  type TaskView,
  type WorkflowView,
} from '@hive/events';
import { mirrorName } from '@hive/workspace';
import type { Change } from './changes.ts';

/** Why a change does not go in. */
export type Refused = {
  readonly change: Change;
  readonly code: Code;
  readonly reason: string;
  readonly findings: readonly Finding[];
};

/** Where everything about the branch of a workflow is told. */
export const mergeStream = ({
  workflow: { submission },
}: {
  readonly workflow: Pick<WorkflowView, 'submission'>;
}): string => streams.merge(mirrorName(submission.repo), submission.branch);

/** What every event of a merge says: which task, and under whose claim. */
export const about = (step: StepInHand, taskId: string) => {
  const { workflow, mark, task } = step;
  const { attempt, token } = mark;
  const lead = task?.id;
  const of = { taskId, workflowId: workflow.id, branch: workflow.submission.branch, attempt, token };
  return lead === undefined || lead === taskId ? of : { ...of, lead };
};

/** A change is on the branch. Its task hears of it where that still waits for it. */
export const mergedOne = (
  step: StepInHand,
  { taskId, to: commit, evidence }: DataOf<'merge.intended'>,
  { task, into }: { readonly task: TaskView | null; readonly into: string | null },
): readonly NewEvent[] => [
  { type: 'merge.completed', stream: mergeStream(step), data: { ...about(step, taskId), commit, evidence, into } },
  ...(task ? [taskMerged(step, task, { commit, evidence })] : []),
];

/** Under the claim of another task it proves the newest token of its own, and names that claim. */
const taskMerged = (
  step: StepInHand,
  task: TaskView,
  result: { readonly commit: string; readonly evidence: Evidence },
): NewEvent<'task.merged'> => {
  const isOwn = task.id === step.task?.id;
  const mark = isOwn ? step.mark : { step: 'merge' as const, attempt: task.tries['merge'] ?? 0, token: task.token };
  const lead = isOwn || !step.task ? {} : { lead: { taskId: step.task.id, token: step.mark.token } };
  return { type: 'task.merged', stream: streams.task(task.id), data: { taskId: task.id, ...mark, ...result, ...lead } };
};

/** A conflict or a red check: a model is asked again as often as the policy says, whoever handed in a patch hears why. */
export const rejected = (
  step: StepInHand,
  { change: { task }, ...refused }: Refused,
  { config }: Pick<Context, 'config'>,
): readonly NewEvent[] => {
  const { code, reason } = refused;
  return [
    {
      type: 'merge.rejected',
      stream: mergeStream(step),
      data: { ...about(step, task.id), code, reason, culprit: task.id },
    },
    afterRejection(step, task, refused, config),
  ];
};

const afterRejection = (
  step: StepInHand,
  task: TaskView,
  { code, reason, findings: found }: Omit<Refused, 'change'>,
  config: Context['config'],
): NewEvent => {
  const { submission } = step.workflow;
  const stream = streams.task(task.id);
  const mark = task.id === step.task?.id ? step.mark : {};
  const findings = [...found];
  const rules = reviewRules(submission.policy?.review);
  switch (afterFindings(task, { rules, turns: turnsOf(config, submission, task.spec) })) {
    case 'return':
      return { type: 'task.returned', stream, data: { taskId: task.id, findings } };
    case 'ask': {
      const why = beginningOf(`Returned ${task.returns} times, and still: ${reason}`, 4000);
      return { type: 'task.escalated', stream, data: { taskId: task.id, ...mark, reason: why } };
    }
    case 'refuse':
      return { type: 'task.refused', stream, data: { taskId: task.id, ...mark, code, reason, findings } };
  }
};
