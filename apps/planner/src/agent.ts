import { askModel, defineAgent, lastTurn, type Context, type StepInHand } from '@hive/agent-kit';
import { HiveError } from '@hive/errors';
import { Plan, assertRecordable, planGenerated, type NewEvent } from '@hive/events';
import type { ModelRequest } from '@hive/llm';
import { survey } from '@hive/workspace';
import type { z } from 'zod';
import { planFrom } from './plan-from.ts';
import { modelPlan, type ModelPlan } from './plan-from-model.ts';
import { planningFor, stagesOf } from './planning.ts';
import { planPrompt } from './prompt.ts';

/** Splits a goal into tasks: reads the plan that was handed in, or asks a model for one. Takes steps `plan`, records `workflow.plan_generated`. */
export default defineAgent({
  name: 'planner',
  steps: {
    plan: async (step, ctx) => {
      const { submission } = step.workflow;
      return submission.source === 'model' ? planByModel(step, ctx) : planByFile(step, ctx);
    },
  },
});

const planByFile = async (step: StepInHand, { artefacts }: Context): Promise<readonly NewEvent[]> => {
  const { plan: hash, source } = step.workflow.submission;
  if (hash === null) throw new HiveError('plan.invalid', 'The workflow was accepted without a plan');
  const plan = Plan.parse(JSON.parse(Buffer.from(await artefacts.get(hash)).toString('utf8')));
  assertRecordable(step.workflow.id, plan);
  return [planGenerated(step.workflow.id, plan, { hash, by: source === 'file' ? 'plan file' : 'submit' })];
};

const planByModel = async (step: StepInHand, ctx: Context): Promise<readonly NewEvent[]> => {
  const { submission } = step.workflow;
  const wanted = { role: 'planner', ref: submission.model, localOnly: submission.localOnly } as const;
  const seen = await survey({ home: ctx.config.home, repo: submission.repo, base: submission.base });
  const planning = planningFor(submission.goal, seen.files, ctx.config.planning);
  const stages = planning.template ? stagesOf(planning.template) : [];
  const request = planPrompt({
    goal: submission.goal,
    files: seen.files,
    more: seen.more,
    checks: submission.checks,
    found: seen.checks,
    recentCommits: seen.commits,
    planning,
  });
  const schema = modelPlan(
    stages.map(({ name }) => name),
    (plan) => assertRecordable(step.workflow.id, planFrom(plan, submission, stages)),
  );
  const { value, author } =
    (await paidFor(request, schema, step, ctx)) ??
    (await askModel({ wanted, name: 'plan', schema, request }, step, ctx));
  const plan = planFrom(value, submission, stages);
  const hash = await ctx.artefacts.put(JSON.stringify(plan));
  return [planGenerated(step.workflow.id, plan, { hash, by: author })];
};

/** The plan that a process was given which died before it could tell: the same question is not paid twice. */
const paidFor = async (
  request: ModelRequest,
  schema: z.ZodType<ModelPlan>,
  step: StepInHand,
  ctx: Context,
): Promise<{ readonly value: ModelPlan; readonly author: string } | null> => {
  const last = await lastTurn('planner', step, ctx);
  // A repair begins with the same question.
  const asked = last?.request.messages.slice(0, request.messages.length);
  if (!last || JSON.stringify(asked) !== JSON.stringify(request.messages)) return null;
  const plan = schema.safeParse(last.done.output);
  return plan.success ? { value: plan.data, author: last.author } : null;
};
