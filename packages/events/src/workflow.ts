import { z } from 'zod';
import { Check, Setup } from './command.ts';
import { Dedupe } from './dedupe.ts';
import { ArtefactHash, Id, Sha, Time } from './ids.ts';
import { PauseRule } from './pause.ts';
import { CodeSchema, Priority } from './plan.ts';
import { Policy } from './policy/policy.ts';
import { Replay } from './replay.ts';
import { topic } from './topic.ts';

/** Tokens and money. `costUsd` is null where no price is known; 0 where nothing was charged. */
export const Usage = z.strictObject({
  input: z.int().nonnegative(),
  output: z.int().nonnegative(),
  cached: z.int().nonnegative(),
  costUsd: z.number().nullable(),
  calls: z.int().nonnegative(),
});
export type Usage = z.infer<typeof Usage>;

export { noUsage } from './no-usage.ts';

/** What was asked for and accepted at the door. Everything that later steps need, and nothing secret. */
export const Submission = z.strictObject({
  workflowId: Id,
  goal: z.string().min(1).max(4000),
  repo: z.string().describe('the path of the repository that the user owns'),
  base: Sha,
  branch: z.string().describe('the branch that will be delivered: hive/<slug>-<short id>'),
  into: z.string().nullable(),
  intoBy: z
    .enum(['command', 'config'])
    .optional()
    .describe('who named the branch of `into`: whoever handed it in, or hive.yaml'),
  commit: Sha.optional().describe('the commit that was handed in, where it was one: the last of several'),
  checks: z.array(Check),
  setup: Setup.nullable(),
  /** How the plan comes about: `file` and `submit` are stored as an artefact, `model` is asked of a planner. */
  source: z.enum(['file', 'submit', 'model']),
  plan: ArtefactHash.nullable(),
  model: z.string().nullable(),
  localOnly: z.boolean(),
  budget: z.strictObject({ usd: z.number().optional(), tokens: z.int().optional() }).nullable(),
  until: Time.optional().describe('from then on no call to a model begins, until a person resumes it'),
  reserve: z.number().min(0).max(1).optional().describe("the share of a provider's window that is left to people"),
  priority: Priority.optional().describe('of its plan and of tasks that name none of their own (default: 0)'),
  redBefore: z.enum(['needed', 'not_needed']),
  passEnv: z.array(z.string()),
  example: z.boolean(),
  schedule: z.strictObject({ id: Id, tick: Time }).optional().describe('the schedule that handed it in, and for when'),
  dedupe: Dedupe.optional().describe('the key that it has while it is open, or for a window'),
  replay: Replay.optional(),
  policy: Policy.optional().describe('the rules of hive.yaml for this repository at that moment'),
});
export type Submission = z.infer<typeof Submission>;

const Of = z.strictObject({ workflowId: Id });

/** What happens to a goal, from its submission to the last merge. */
export const workflow = topic('workflow', {
  /** A goal was accepted at the door. */
  submitted: Submission,
  /** The goal has become tasks; their full text is the artefact `plan`. */
  plan_generated: Of.extend({
    plan: ArtefactHash,
    by: z.string().describe('plan file, submit, or a model'),
    tasks: z.array(z.strictObject({ id: Id, key: z.string(), needs: z.array(Id) })),
  }),
  /** No plan came about. */
  plan_failed: Of.extend({ code: CodeSchema, reason: z.string() }),
  /** `approvalId` and `actionHash`: the approval of its plan that is used up with this, where one was asked for. */
  started: Of.extend({ tasks: z.int(), approvalId: Id.optional(), actionHash: z.string().optional() }),
  /** No step of it is begun until it is resumed; what runs may end. `by` is who says to have asked. */
  paused: Of.extend({
    reason: z.string().max(1000).optional(),
    by: z.string().max(200).optional(),
    rule: PauseRule.optional(),
  }),
  resumed: Of.extend({ by: z.string().max(200).optional() }),
  /** Every task was merged or completed. */
  completed: Of.extend({ merged: z.int(), usage: Usage }),
  /** Every task is settled, and not all well. */
  failed: Of.extend({
    code: CodeSchema.nullable(),
    reason: z.string(),
    merged: z.int(),
    refused: z.int(),
    waiting: z.int(),
    usage: Usage,
  }),
  cancelled: Of.extend({ reason: z.string().optional() }),
});
