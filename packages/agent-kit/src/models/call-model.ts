import { newId } from '@hive/bus';
import { isHiveError } from '@hive/errors';
import { failpoint } from '@hive/failpoints';
import { authorOf, complete, formatModelRef, type Chunk, type Done, type Model, type ModelRequest } from '@hive/llm';
import type { Context, StepInHand } from '../agent.ts';
import { refuseOverBudget } from './budget.ts';
import type { Chosen } from './choose-model.ts';
import { tellCall } from './told-call.ts';
import type { Role } from './wanted.ts';

const callMs = 15 * 60_000;
const idleMs = 60_000;

/** What a turn came to, and who is its author: the model, or the double that stood in for it. */
export type Turned = { readonly done: Done; readonly author: string; readonly callId: string };

/** What is sent to a model, and from which other one this is a change. */
export type Sent = { readonly role: Role; readonly request: ModelRequest; readonly fellBack?: Chosen['fellBack'] };

/**
 * One call to this model under the claim of a step, recorded as `model.called` however it ends. Throws `budget.exhausted` before the call when the
 * budget is used up, else the bridge's `model.*`.
 */
export const callOn = async (
  model: Model,
  { role, request, fellBack }: Sent,
  step: StepInHand,
  ctx: Context,
): Promise<Turned> => {
  await refuseOverBudget(step, ctx);
  ctx.log.info(
    { model: formatModelRef(model.ref), destination: model.destination, correlationId: step.workflow.id },
    'asking a model',
  );
  const run = {
    signal: step.signal,
    deadline: new Date(Date.now() + callMs),
    idleMs,
    correlationId: step.workflow.id,
    callId: newId(),
  };
  const sent: Model = { ...model, call: (...given) => withFailpoint(model.call(...given)) };
  const ended = await complete(sent, request, run).then(
    (done) => ({ done }),
    (error: unknown) => {
      if (isHiveError(error)) return { error };
      throw error;
    },
  );
  await failpoint('model.replied');
  const callId = await tellCall({ role, model, request, fellBack, ...ended }, step, ctx);
  await failpoint('model.recorded');
  if ('error' in ended) throw ended.error;
  return { done: ended.done, author: authorOf(model.ref, ended.done), callId };
};

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
