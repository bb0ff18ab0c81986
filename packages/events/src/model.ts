import { z } from 'zod';
import { ArtefactHash, Id, Time } from './ids.ts';
import { CodeSchema } from './plan.ts';
import { Step } from './steps.ts';
import { topic } from './topic.ts';

const Of = z.strictObject({ callId: Id, taskId: Id.nullable(), provider: z.string(), model: z.string() });

/** What models were asked. Prompts and replies are artefacts. */
export const model = topic('model', {
  /** One call ended, well or badly. Times in milliseconds; tokens as reported, null when they were not. */
  called: Of.extend({
    role: z.enum(['planner', 'worker', 'reviewer']),
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
    digest: z.string().max(200).optional().describe('what the model is on its box, whatever it is called'),
    queuedMs: z.int().optional().describe('how long it waited for a place on a box'),
    loadMs: z.int().optional(),
    prefillMs: z.int().optional(),
    source: z.enum(['live', 'cache', 'replay']),
    asked: z.string().optional().describe('the reference that was asked, also where a double answered'),
    answers: Id.optional().describe('the recorded call that this one was answered from; only of a replay or the cache'),
    key: ArtefactHash.optional().describe('equal questions to the same model have equal keys'),
    prompt: ArtefactHash.describe('the request as JSON'),
    reply: ArtefactHash.nullable().describe('what came as JSON; of a failed call nothing'),
  }),
  rate_limited: Of.extend({ kind: z.string(), resetsAt: Time.nullable() }),
  parked: Of.extend({ until: Time, kind: z.string() }),
  /** Another model of the list than before is asked on behalf of this task and role; told with the first call to it. */
  fell_back: Of.extend({
    role: z.enum(['planner', 'worker', 'reviewer']).optional(),
    from: z.string(),
    to: z.string(),
    because: z.string(),
  }),
});
