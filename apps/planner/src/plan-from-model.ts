import { z } from 'zod';
import { isHiveError } from '@hive/errors';
import { PlanFile, PlanFileTask, parsePlanFile } from '@hive/events';
import { matcherOf } from '@hive/workspace';

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

/** A task of a model's plan; `stage` where a template has stages. */
export type ModelTask = z.infer<typeof ModelTask> & { readonly stage?: string };

/** The plan of a model. */
export type ModelPlan = { readonly version: 1; readonly tasks: readonly ModelTask[] };

const mostTasks = 50;

/**
 * The plan that a model is asked for. What is none (cycle, unknown need, duplicate key, tests that its paths leave out, a stage that comes too late for
 * who needs it, what `assertWhole` throws for) is invalid here, with all that is wrong in words, so that it is repaired like any other mistake.
 */
export const modelPlan = (
  stages: readonly string[] = [],
  assertWhole: (plan: ModelPlan) => void = () => {},
): z.ZodType<ModelPlan> => {
  const task = stages.length === 0 ? ModelTask : ModelTask.extend({ stage: z.enum(stages as [string, ...string[]]) });
  return z
    .strictObject({
      version: PlanFile.shape.version,
      tasks: z
        .array(task)
        .min(1)
        .max(mostTasks, `a plan has at most ${mostTasks} tasks; join those that belong together`),
    })
    .superRefine((plan: ModelPlan, context) => {
      const say = (message: string) => context.addIssue({ code: 'custom', path: ['tasks'], message });
      for (const problem of [...contradictions(plan), ...lateNeeds(plan, stages)]) say(problem);
      try {
        parsePlanFile(toPlanFile(plan));
        assertWhole(plan);
      } catch (error) {
        if (!isHiveError(error)) throw error;
        say(error.message);
      }
    }); // with and without stages, as ModelTask says
};

const contradictions = ({ tasks }: ModelPlan): string[] =>
  tasks.flatMap(({ key, paths, tests }) => {
    const leaving = [...(paths ?? []), ...(tests ?? [])].filter((glob) => /^[/~]|(?:^|\/)\.\.(?:\/|$)/.test(glob));
    const covers = matcherOf(paths ?? []);
    const uncovered = paths ? (tests ?? []).filter((glob) => !paths.includes(glob) && !covers(sampleOf(glob))) : [];
    return [
      ...leaving.map((glob) => `Task ${key} names ${glob}, which is not inside of the repository`),
      ...uncovered.map((glob) => `Task ${key} has tests at ${glob}, which its paths do not cover`),
    ];
  });

/** A path that a glob stands for. */
const sampleOf = (glob: string): string =>
  glob
    .replaceAll('**/', 'x/')
    .replaceAll('**', 'x')
    .replaceAll('*', 'x')
    .replace(/\{([^,}]*)[^}]*\}/g, '$1');

const lateNeeds = ({ tasks }: ModelPlan, stages: readonly string[]): string[] => {
  const stageOf = new Map(tasks.map(({ key, stage }) => [key, stages.indexOf(stage ?? '')]));
  return tasks.flatMap(({ key, needs }) =>
    (needs ?? [])
      .filter((need) => (stageOf.get(need) ?? -1) > (stageOf.get(key) ?? -1))
      .map((need) => `Task ${key} needs ${need}, which belongs to a later stage`),
  );
};

/** The plan file that a model's plan stands for: the same tasks, with everything that a model may not state left open. */
export const toPlanFile = ({ version, tasks }: ModelPlan): PlanFile => ({
  version,
  tasks: tasks.map(({ stage: _, ...task }) => task),
});
