import { derivedId } from '@hive/bus';
import { HiveError, hasCode } from '@hive/errors';
import { parsePlanFile, type Plan, type Submission } from '@hive/events';
import type { ModelPlan } from './plan-from-model.ts';
import type { Template } from './planning.ts';
import { toPlanFile } from './plan-from-model.ts';

const defaultTimeoutS = 600;

/**
 * A model's plan as tasks of this workflow; a task needs those of the stage before it that has any, and who does a stage may have a model of its own. Ids
 * come from workflow and key, so a repeated step makes the same ones. Throws `model.bad_output` for a plan with a cycle or an unknown need.
 */
export const planFrom = (value: ModelPlan, submission: Submission, stages: Template['stages'] = []): Plan => {
  const file = parsed(value);
  const idOf = (key: string) => derivedId(submission.workflowId, `task ${key}`);
  const stageOf = new Map(value.tasks.map(({ key, stage }) => [key, stages.findIndex(({ name }) => name === stage)]));
  const before = (key: string): string[] => {
    const own = stageOf.get(key) ?? -1;
    const last = Math.max(...[...stageOf.values()].filter((stage) => stage < own), -1);
    return last < 0 ? [] : [...stageOf].flatMap(([other, stage]) => (stage === last ? [other] : []));
  };
  return {
    version: 1,
    tasks: file.tasks.map((task) => {
      const model = submission.model ?? stages[stageOf.get(task.key) ?? -1]?.agent?.ref ?? null;
      return {
        id: idOf(task.key),
        key: task.key,
        title: task.title,
        ...(task.instructions !== undefined && { instructions: task.instructions }),
        needs: [...new Set([...(task.needs ?? []), ...before(task.key)])].map(idOf),
        kind: 'change',
        author: null,
        ...(task.paths && { paths: task.paths }),
        ...(task.tests && { tests: task.tests }),
        checks: [],
        redBefore: submission.redBefore === 'not_needed' ? 'not_needed' : (task.redBefore ?? 'needed'),
        capabilities: [],
        priority: submission.priority ?? 0,
        timeoutS: defaultTimeoutS,
        ...(model !== null && { model }),
      };
    }),
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
