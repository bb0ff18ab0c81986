import { z } from 'zod';
import { ArtefactHash, Id, Time } from './ids.ts';
import { CodeSchema } from './plan.ts';
import { Step } from './steps.ts';
import { topic } from './topic.ts';

const Of = z.strictObject({ callId: Id, taskId: Id.nullable(), provider: z.string(), model: z.string() });
const Role = z.enum(['planner', 'worker', 'reviewer']);
/** What a request carries away, for the list of what left. */
const Carried = {
  bytes: z.int().nonnegative().optional().describe('of the texts of the request'),
  paths: z.array(z.string().max(500)).max(200).optional().describe('files that its parts are of; the first 200'),
};

/** What models were asked. Prompts and replies are artefacts. */
export const model = topic('model', {
  /** A call is about to be made: from now on it counts against budgets with what it may take, until `model.called` says what it took. */
  intended: Of.extend({
    role: Role,
    step: Step,
    attempt: z.int(),
    token: z.int(),
    by: Id.describe('the incarnation that makes it; when that one is gone, so is the answer'),
    box: z.string().nullable(),
    destination: z.string().describe('host and port, never a key'),
    tokens: z.int().nonnegative().describe('the most that it may read and write, by estimate'),
    usd: z.number().nonnegative().nullable().describe('what that would cost; null where no price is known'),
    prompt: ArtefactHash,
    approvalId: Id.optional().describe('with actionHash: what a person has agreed to, and this call is covered by'),
    actionHash: z.string().optional(),
    ...Carried,
  }),
  /** One call ended, well or badly. Times in milliseconds; tokens as reported, null when they were not. */
  called: Of.extend({
    role: Role,
    step: Step.optional().describe('with attempt and token: the claim under which it was made'),
    attempt: z.int().optional(),
    token: z.int().optional(),
    box: z.string().nullable(),
    destination: z.string().describe('host and port, never a key'),
    outcome: z.union([z.literal('ok'), CodeSchema]),
    input: z.int().nullable(),
    output: z.int().nullable(),
    cached: z.int().nullable(),
    costUsd: z.number().nullable(),
    firstTokenMs: z.int().nullable(),
    totalMs: z.int(),
    tokensPerS: z.number().nullable(),
    because: z.string().max(1000).optional().describe('why this box'),
    atOnce: z
      .string()
      .max(500)
      .optional()
      .describe('why an author was asked for the whole change in one question, and not to work by tools'),
    digest: z.string().max(200).optional().describe('what the model is on its box, whatever it is called'),
    queuedMs: z.int().optional().describe('how long it waited for a place on a box'),
    loadMs: z.int().optional(),
    prefillMs: z.int().optional(),
    source: z.enum(['live', 'cache', 'replay']),
    asked: z.string().optional().describe('the reference that was asked, also where a double answered'),
    contextTokens: z.int().positive().optional().describe('what the request was made to fit into'),
    answers: Id.optional().describe('the recorded call that this one was answered from; only of a replay or the cache'),
    key: ArtefactHash.optional().describe('equal questions to the same model have equal keys'),
    prompt: ArtefactHash.describe('the request as JSON'),
    reply: ArtefactHash.nullable().describe('what came as JSON; of a failed call nothing'),
    approvalId: Id.optional().describe('what a person has agreed to, and this call was covered by'),
    ...Carried,
    estimate: z
      .strictObject({ tokens: z.int().nonnegative(), usd: z.number().nonnegative().nullable() })
      .optional()
      .describe('what budgets are charged, where bytes left and nobody told what they cost'),
    denied: z
      .strictObject({ rule: z.string().max(500), path: z.string().max(500).nullable() })
      .optional()
      .describe('why nothing was sent, with `model.egress_denied`'),
  }),
  /** A limit of a provider was met or is near; told once, and not with every answer. `kind` is an open set: see `LimitSeen`. */
  rate_limited: Of.extend({
    kind: z.string(),
    resetsAt: Time.nullable(),
    usedShare: z.number().nonnegative().nullable().optional().describe('0 to 1, or more when it is overdrawn'),
    hit: z.boolean().optional().describe('false: near, and calls are still answered'),
  }),
  /** Work was put off until a limit allows it, without a failure. `kind` is that of the limit, or the rule of hive.yaml. */
  parked: Of.extend({ until: Time, kind: z.string() }),
  /** Another model of the list than before is asked on behalf of this task and role; told before the first byte of the first call to it leaves. */
  fell_back: Of.extend({
    role: z.enum(['planner', 'worker', 'reviewer']).optional(),
    from: z.string(),
    to: z.string(),
    because: z.string(),
  }),
});
