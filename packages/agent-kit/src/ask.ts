import { newId } from '@hive/bus';
import { HiveError, hasCode } from '@hive/errors';
import { streams, usageOf, type CallView, type NewEvent } from '@hive/events';
import { failpoint } from '@hive/failpoints';
import { askFor, authorOf, formatModelRef, type AskedCall, type Chunk, type Model, type ModelRequest } from '@hive/llm';
import type { z } from 'zod';
import type { Context, StepInHand } from './agent.ts';
import type { Role } from './models.ts';

const callMs = 15 * 60_000;
const idleMs = 60_000;

/** A question to a model on behalf of a step. */
export type Asking<T> = {
  readonly role: Role;
  readonly model: Model;
  readonly name: string;
  readonly schema: z.ZodType<T>;
  readonly request: ModelRequest;
};

/** The answer, and who is its author: the model, or the double that stood in for it. */
export type Answer<T> = { readonly value: T; readonly author: string };

/**
 * Asks a model under the claim of a step. Every call, well or badly ended, is recorded as `model.called` with prompt and reply as artefacts,
 * under the step's token. Throws `budget.exhausted` before a call, a repair's too, when the workflow's budget is used up, else the bridge's `model.*`.
 */
export const askModel = async <T>(asking: Asking<T>, step: StepInHand, ctx: Context): Promise<Answer<T>> => {
  const run = {
    signal: step.signal,
    deadline: new Date(Date.now() + callMs),
    idleMs,
    correlationId: step.workflow.id,
    callId: newId(),
  };
  ctx.log.info(
    { model: formatModelRef(asking.model.ref), destination: asking.model.destination, correlationId: step.workflow.id },
    'asking a model',
  );
  const { value, done } = await askFor(
    { ...asking.model, call: (request, how) => callWithinBudget(() => asking.model.call(request, how), step, ctx) },
    {
      name: asking.name,
      schema: asking.schema,
      request: asking.request,
      onCall: async (call) => {
        if ('error' in call && hasCode(call.error, 'budget.exhausted')) return; // nobody was called
        await failpoint('model.replied');
        await tell(await called(call, asking, step, ctx), step, ctx);
      },
    },
    run,
  );
  return { value, author: authorOf(asking.model.ref, done) };
};

/** A call that was made is charged, also when its claim was lost meanwhile. */
const tell = async (event: NewEvent, step: StepInHand, { bus }: Context): Promise<void> => {
  try {
    await step.note([event]);
  } catch (error) {
    if (hasCode(error, 'lease.lost'))
      await bus.command({ on: streams.workflow(step.workflow.id), correlationId: step.workflow.id, events: [event] });
    throw error;
  }
};

async function* callWithinBudget(
  call: () => AsyncIterable<Chunk>,
  step: StepInHand,
  ctx: Context,
): AsyncIterable<Chunk> {
  await refuseOverBudget(step, ctx);
  const answer = call()[Symbol.asyncIterator]();
  const first = answer.next(); // only now the request leaves
  first.catch(() => undefined); // heard below; a failpoint may throw before
  await failpoint('model.sent');
  try {
    for (let next = await first; !next.done; next = await answer.next()) yield next.value;
  } finally {
    await answer.return?.();
  }
}

const called = async (
  call: AskedCall,
  { role, model }: Asking<unknown>,
  step: StepInHand,
  ctx: Context,
): Promise<NewEvent> => {
  const callId = newId();
  const done = 'done' in call ? call.done : null;
  const failed = 'error' in call ? call.error : null;
  // A failed call says as much about its usage as it knew; the port promises these details.
  const details = failed?.details as Partial<Pick<NonNullable<typeof done>, 'usage' | 'timing' | 'double'>> | undefined;
  const usage = done?.usage ?? details?.usage;
  const timing = done?.timing ?? details?.timing;
  const double = done?.double ?? details?.double;
  const local = model.ref.provider === 'ollama';
  return {
    type: 'model.called',
    stream: streams.call(callId),
    data: {
      callId,
      taskId: step.task?.id ?? null,
      role,
      provider: double === undefined ? model.ref.provider : 'double',
      model: double ?? model.ref.model,
      box: model.ref.box ?? null,
      destination: model.destination,
      outcome: failed?.code ?? 'ok',
      input: usage?.input ?? null,
      output: usage?.output ?? null,
      cached: usage?.cacheRead ?? null,
      costUsd: usage?.costUsd ?? (local ? 0 : null),
      firstTokenMs: roundedOrNull(timing?.firstTokenMs),
      totalMs: Math.round(timing?.totalMs ?? 0),
      tokensPerS: timing?.tokensPerS ?? null,
      source: usage?.source ?? 'live',
      prompt: await ctx.artefacts.put(JSON.stringify(call.request)),
      reply: done === null ? null : await ctx.artefacts.put(done.text),
    },
  };
};

const roundedOrNull = (ms: number | null | undefined): number | null =>
  ms === null || ms === undefined ? null : Math.round(ms);

const refuseOverBudget = async ({ workflow }: StepInHand, { bus }: Context): Promise<void> => {
  const { budget } = workflow.submission;
  if (budget === null) return;
  const heads = await bus.store.listHeads({ kind: 'call', correlationId: workflow.id, limit: 100_000 });
  const calls = heads.map((head) => head.view as CallView); // heads of kind `call` are made by foldStream
  const spent = usageOf(calls);
  const tokens = spent.input + spent.output;
  if (budget.tokens !== undefined && tokens >= budget.tokens)
    throw new HiveError('budget.exhausted', `The workflow's budget of ${budget.tokens} tokens is used up (${tokens})`);
  // A call whose price is unknown must not open the purse: what is known counts.
  const usd = calls.reduce((sum, call) => sum + (call.costUsd ?? 0), 0);
  if (budget.usd !== undefined && usd >= budget.usd)
    throw new HiveError(
      'budget.exhausted',
      `The workflow's budget of ${budget.usd} USD is used up (${usd.toFixed(2)})`,
    );
};
