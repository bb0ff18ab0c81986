import { isHiveError } from '@hive/errors';
import { authorOf, complete, type Model, type ModelRequest, type Run } from '@hive/llm';
import type { Context, StepInHand } from '../agent.ts';
import { takeBox } from '../boxes/take-box.ts';
import { callOn, type Sent, type Turned } from './call-model.ts';
import { chooseModel, withNext, type Chosen } from './choose-model.ts';
import { modelsOf } from './find-model.ts';
import { paidReply } from './last-turn.ts';
import { createReplyCache } from './reply-cache.ts';
import { answerFromRecording } from './replay/answer-from-recording.ts';
import { tellCall } from './told-call.ts';
import type { Wanted } from './wanted.ts';

/**
 * One turn with a model. `reuse`: an answer to the same question at temperature 0 will do, also where hive.yaml does not say so. `contextTokens` is what
 * the request was made to fit into; a replay makes its requests to fit into the same. `atOnce`: why an author is asked for the whole change.
 */
export type Turn = {
  readonly wanted: Wanted;
  readonly request: ModelRequest;
  readonly reuse?: 'same';
  readonly contextTokens?: number;
  readonly atOnce?: string | undefined;
};

/**
 * One call to a model under the claim of a step, recorded as `model.called` however it ends. In a replay the recording answers, and nobody else. What an
 * earlier claim was answered and did not live to use is the answer, without a call. Throws
 * `budget.exhausted` before the call when the budget is used up, {@link chooseModel}'s errors when nobody can be asked, else the bridge's `model.*`.
 */
export const callModel = async (turn: Turn, step: StepInHand, ctx: Context): Promise<Turned> =>
  takeTurn(turn, step, ctx, () => chooseModel(liveWanted(turn.wanted, step), step, ctx));

/** {@link callModel} on the model that `choose` answers; it is asked only when a live model is to be called. */
export const takeTurn = async (
  { wanted, request, reuse, contextTokens, atOnce }: Turn,
  step: StepInHand,
  ctx: Context,
  choose: () => Promise<Chosen>,
): Promise<Turned> => {
  const recorded = await answerFromRecording({ wanted, request }, step, ctx);
  const { role } = wanted;
  const sent = { role, request, contextTokens, atOnce };
  if (recorded) return callStored(recorded, sent, step, ctx);
  const models = modelsOf(ctx.config, liveWanted(wanted, step));
  const paid = await paidReply({ role, request, models }, step, ctx);
  if (paid) return paid;
  const chosen = await choose();
  const cache = createReplyCache({ role, request, model: chosen.model, reuse }, step, ctx);
  const cached = await cache.read();
  if (cached) return callStored(cached, sent, step, ctx);
  try {
    const turned = await callChosen(chosen, sent, step, ctx);
    await cache.write(turned);
    return turned;
  } catch (error) {
    throw isHiveError(error) ? withNext(error, chosen) : error;
  }
};

/** The call itself; on a box it waits for a place first, and gives that back however it ends. */
const callChosen = async (
  { model, local = [], fellBack }: Chosen,
  sent: Sent,
  step: StepInHand,
  ctx: Context,
): Promise<Turned> => {
  if (local.length === 0) return callOn(model, { ...sent, fellBack }, step, ctx);
  const taken = await takeBox(local, { ...sent, callId: ctx.bus.around.newId() }, step, ctx);
  const { digest, because, waitedMs } = taken.place;
  const place = { digest, because, queuedMs: Math.round(waitedMs) };
  try {
    const turned = await callOn(taken.model, { ...sent, fellBack, place }, step, ctx);
    await taken.place.end({ done: turned.done, pause: turned.done.stop === 'tool_use' });
    return turned;
  } catch (error) {
    await taken.place.end(isHiveError(error) ? { error } : {});
    throw error;
  }
};

/** Who is wanted where live models are asked: a fork may have named others. */
export const liveWanted = (wanted: Wanted, { workflow }: StepInHand): Wanted => {
  const ref = workflow.submission.replay?.models[wanted.role];
  return ref === undefined ? wanted : { ...wanted, ref };
};

/** A call that opens no connection and costs nothing; it is recorded like any other, and says from which call its answer is. */
const callStored = async (
  { model, answers }: { readonly model: Model; readonly answers: string },
  sent: Sent,
  step: StepInHand,
  ctx: Context,
): Promise<Turned> => {
  const run: Run = {
    signal: step.signal,
    deadline: new Date(8.64e15),
    idleMs: 0,
    correlationId: step.workflow.id,
    callId: answers,
  };
  const ended = await complete(model, sent.request, run).then(
    (done) => ({ done }),
    (error: unknown) => {
      if (isHiveError(error)) return { error };
      throw error;
    },
  );
  const callId = await tellCall({ ...sent, model, answers, ...ended }, step, ctx);
  if ('error' in ended) throw ended.error;
  return { done: ended.done, author: authorOf(model.ref, ended.done), callId, served: null };
};
