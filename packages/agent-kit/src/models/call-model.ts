import { HiveError, isHiveError } from '@hive/errors';
import { failpoint } from '@hive/failpoints';
import { authorOf, complete, formatModelRef, type Chunk, type Done, type Model, type ModelRequest } from '@hive/llm';
import type { Context, StepInHand } from '../agent.ts';
import { beginCall } from './begin-call.ts';
import type { Chosen } from './choose-model.ts';
import { limitedError } from './limited-error.ts';
import { tellLimits } from './tell-limits.ts';
import { tellCall } from './told-call.ts';
import type { Served } from './tools-learnt.ts';
import type { Role } from './wanted.ts';

const callMs = 15 * 60_000;
const idleMs = 60_000;

/** What a turn came to, who is its author (the model, or the double that stood in for it), and on which box that was; null: on none. */
export type Turned = {
  readonly done: Done;
  readonly author: string;
  readonly callId: string;
  readonly served: Served | null;
};

/** What is sent to a model, what it was made to fit into, and from which other model this is a change. */
export type Sent = {
  readonly role: Role;
  readonly request: ModelRequest;
  readonly contextTokens?: number | undefined;
  /** Why this box, what the model is there, and how long the call waited for it. */
  readonly place?: { readonly digest: string; readonly because: string; readonly queuedMs: number };
  readonly fellBack?: Chosen['fellBack'];
  /** Why an author is asked for the whole change in one question. */
  readonly atOnce?: string | undefined;
};

/**
 * One call to this model under the claim of a step, recorded as `model.intended` before its first byte leaves and as `model.called` however it ends.
 * Throws {@link beginCall}'s errors when it may not be made, the error of a parked step when it met a limit, else the bridge's `model.*`.
 */
export const callOn = async (model: Model, sent: Sent, step: StepInHand, ctx: Context): Promise<Turned> => {
  const begun = await beginCall({ ...sent, model }, step, ctx);
  await failpoint('model.intended');
  ctx.log.info(
    { model: formatModelRef(model.ref), destination: model.destination, correlationId: step.workflow.id },
    'asking a model',
  );
  const run = {
    signal: step.signal,
    deadline: new Date(Date.now() + callMs),
    idleMs,
    correlationId: step.workflow.id,
    callId: begun.callId,
  };
  const watched: Model = { ...model, call: (...given) => withFailpoint(model.call(...given)) };
  const ended = await complete(watched, sent.request, run).then(
    (done) => ({ done }),
    // A bug is told as well: what was begun has to end.
    (error: unknown) => ({ error: isHiveError(error) ? error : bugOf(error) }),
  );
  await failpoint('model.replied');
  const { callId } = begun;
  await tellCall({ ...sent, model, begun, ...ended }, step, ctx);
  await failpoint('model.recorded');
  const error = 'error' in ended ? ended.error : null;
  const limits = 'done' in ended ? ended.done.limits : (ended.error.details['limits'] as Done['limits']);
  await tellLimits({ callId, ref: model.ref, limits, error }, step, ctx);
  if ('error' in ended) throw await limitedError(ended.error, { callId, ref: model.ref }, step, ctx);
  const { box, model: name } = model.ref;
  const served = sent.place && box !== undefined ? { box, model: name, digest: sent.place.digest } : null;
  return { done: ended.done, author: authorOf(model.ref, ended.done), callId, served };
};

const bugOf = (error: unknown): HiveError =>
  new HiveError('internal', `A bug in Hive: ${error instanceof Error ? error.message : String(error)}`, {
    remedy: 'retry',
    cause: error,
  });

async function* withFailpoint(chunks: AsyncIterable<Chunk>): AsyncIterable<Chunk> {
  const answer = chunks[Symbol.asyncIterator]();
  const first = answer.next(); // only now the request leaves
  first.catch(() => undefined); // heard below; a failpoint may throw before
  await failpoint('model.sent');
  try {
    for (let next = await first; !next.done; next = await answer.next()) yield next.value;
  } finally {
    await answer.return?.();
  }
}
