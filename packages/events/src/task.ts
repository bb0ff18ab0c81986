import { z } from 'zod';
import { Author } from './author.ts';
import { Evidence, Finding, Reviewer } from './evidence.ts';
import { ArtefactHash, Id, Sha, Time } from './ids.ts';
import { CodeSchema, PlannedTask } from './plan.ts';
import { Step } from './steps.ts';
import { topic } from './topic.ts';

const Of = z.strictObject({ taskId: Id });
/** Events of a step: those of step `plan` have no task. */
const OfStep = z.strictObject({ taskId: Id.nullable(), step: Step, attempt: z.int() });
const OfClaim = OfStep.extend({ token: z.int() });
/** What is written under a claim of a task's step. */
const Result = Of.extend({ step: Step, attempt: z.int(), token: z.int() });
const Ended = Of.extend({
  code: CodeSchema,
  reason: z.string(),
  findings: z.array(Finding).optional(),
  step: Step.optional(),
  attempt: z.int().optional(),
  token: z.int().optional(),
});

/** What a check found out about a change: nothing against it, or why not. */
export const Verdict = z.strictObject({
  code: CodeSchema.nullable(),
  reason: z.string().nullable(),
  findings: z.array(Finding),
});
export type Verdict = z.infer<typeof Verdict>;

/** What happens to one unit of work, from plan to merge. */
export const task = topic('task', {
  created: Of.extend({ workflowId: Id, spec: PlannedTask }),
  /** All needs are met. */
  ready: Of,
  /** The queen put a step into the queue. `agent` is null when anyone capable may take it. */
  assigned: OfStep.extend({
    stepId: Id,
    agent: z.string().nullable(),
    because: z.string(),
    /** Other tasks whose changes may be merged with this one, in their order. */
    with: z.array(Id).optional(),
  }),
  /** An agent won the step; nobody else may touch it before `leaseUntil`. */
  claimed: OfClaim.extend({ agent: z.string(), leaseUntil: Time }),
  /** The holder vanished or was silent for too long; the step runs again. */
  lease_expired: OfClaim.extend({ agent: z.string(), rescues: z.int(), final: z.boolean(), reason: z.string() }),
  /** The step failed. When `final`, no attempt is left. */
  attempt_failed: OfClaim.extend({
    code: CodeSchema,
    reason: z.string(),
    final: z.boolean(),
    retryAt: Time.nullable(),
  }),
  /** Not now, and not a failure. */
  snoozed: OfClaim.extend({ until: Time, reason: z.string() }),
  /** The author handed in a change. `patch` is the artefact of the diff from `base` to `commit`. */
  submitted: Result.extend({ base: Sha, commit: Sha, patch: ArtefactHash, author: Author, agent: z.string() }),
  /** The checks ran. `verdict` says what follows from the evidence. */
  checked: Result.extend({ evidence: Evidence, verdict: Verdict }),
  review_completed: Result.extend({
    decision: z.enum(['approve', 'return', 'escalate']),
    reviewer: Reviewer,
    findings: z.array(Finding),
    /** How many reviewers of the same step are still to come; the decision is taken at 0. */
    remaining: z.int().nonnegative(),
    /** What a person agreed to, where one did; the merge uses it up. */
    approval: z.strictObject({ id: Id, actionHash: z.string() }).optional(),
  }),
  /** The author is asked to try again. */
  returned: Of.extend({ findings: z.array(Finding), note: z.string().max(4000).optional() }),
  /** A person has to look. */
  escalated: Of.extend({
    reason: z.string(),
    /** The request to the person, where it was recorded with this. */
    approvalId: Id.optional(),
    step: Step.optional(),
    attempt: z.int().optional(),
    token: z.int().optional(),
  }),
  refused: Ended,
  /** `lead`: the claim under which it was merged together with others, where that is the one of another task. */
  merged: Result.extend({
    commit: Sha,
    evidence: Evidence,
    lead: z.strictObject({ taskId: Id, token: z.int() }).optional(),
  }),
  /** A command ran, left no diff, and its checks are green. */
  completed: Result.extend({ evidence: Evidence }),
  failed: Ended,
  /** A need ended badly. */
  blocked: Of.extend({ code: z.literal('need.failed'), reason: z.string(), by: Id }),
  cancelled: Of.extend({ reason: z.string().optional() }),
  dead_lettered: Ended,
  /** A person has seen that it failed, and it leaves the list of dead letters; it stays failed, and can be redriven. */
  discarded: Of.extend({ by: z.string().max(200).optional() }),
  redriven: Of.extend({ note: z.string().max(4000).optional() }),
});
