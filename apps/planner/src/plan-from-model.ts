import { z } from 'zod';
import { isHiveError } from '@hive/errors';
import { PlanFile, PlanFileTask, parsePlanFile } from '@hive/events';

/** What a model may state of a task: no command, no patch, no author, no checks of its own. */
const ModelTask = PlanFileTask.pick({
  key: true,
  title: true,
  instructions: true,
  needs: true,
  paths: true,
  tests: true,
  redBefore: true,
});

/** The plan that a model is asked for. A graph that is none (cycle, unknown need, duplicate key) is invalid here, so that it is repaired like any other mistake. */
export const ModelPlan = z
  .strictObject({ version: PlanFile.shape.version, tasks: z.array(ModelTask).min(1).max(50) })
  .superRefine((plan, context) => {
    try {
      parsePlanFile(plan);
    } catch (error) {
      if (!isHiveError(error)) throw error;
      context.addIssue({ code: 'custom', path: ['tasks'], message: error.message });
    }
  });
export type ModelPlan = z.infer<typeof ModelPlan>;

/** The plan file that a model's plan stands for: the same tasks, with everything that a model may not state left open. */
export const toPlanFile = ({ version, tasks }: ModelPlan): PlanFile => ({ version, tasks });
