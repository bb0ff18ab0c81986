import { derivedId } from '@hive/bus';
import { HiveError, hasCode } from '@hive/errors';
import { parsePlanFile, type Plan, type Submission } from '@hive/events';
import type { ModelPlan } from './plan-from-model.ts';
import { toPlanFile } from './plan-from-model.ts';

const defaultTimeoutS = 600;

/** A model's plan as tasks of this workflow. Ids come from workflow and key, so a repeated step makes the same ones. Throws `model.bad_output` for a plan with a cycle or an unknown need. */
export const planFrom = (value: ModelPlan, submission: Submission): Plan => {
  const file = parsed(value);
  const idOf = (key: string) => derivedId(submission.workflowId, `task ${key}`);
  return {
    version: 1,
    tasks: file.tasks.map((task) => ({
      id: idOf(task.key),
      key: task.key,
      title: task.title,
      ...(task.instructions !== undefined && { instructions: task.instructions }),
      needs: (task.needs ?? []).map(idOf),
      kind: 'change',
      author: null,
      ...(task.paths && { paths: task.paths }),
      ...(task.tests && { tests: task.tests }),
      checks: [],
      redBefore: submission.redBefore === 'not_needed' ? 'not_needed' : (task.redBefore ?? 'needed'),
      capabilities: [],
      priority: 0,
      timeoutS: defaultTimeoutS,
      ...(submission.model !== null && { model: submission.model }),
    })),
  };
};

const parsed = (value: ModelPlan) => {
  try {
    return parsePlanFile(toPlanFile(value));
  } catch (error) {
    if (!hasCode(error, 'plan.invalid')) throw error;
    throw new HiveError('model.bad_output', `The model's plan cannot be used: ${error.message}`, {
      remedy: 'retry',
      where: 'other',
      cause: error,
    });
  }
};
