import { createHash } from 'node:crypto';
import { newId } from '@hive/bus';
import { hasCode, type HiveError, beginningOf } from '@hive/errors';
import { streams, type NewEvent } from '@hive/events';
import { formatModelRef, keyedModel, requestKey, type Done, type Model } from '@hive/llm';
import type { Context, StepInHand } from '../agent.ts';
import { chargeFor, isTurnedAway, type Begun } from './begin-call.ts';
import type { Denial } from './egress/reach.ts';
import type { Sent } from './call-model.ts';

/** A call that was made: what was asked of whom, and how it ended; from which model this was a change, and which recorded call answered it. */
export type MadeCall = Sent & { readonly model: Model; readonly answers?: string; readonly begun?: Begun } & (
    { readonly done: Done } | { readonly error: HiveError }
  );

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Records a call as `model.called` under the claim of its step; prompt and reply become artefacts (a {@link ModelRequest} and a {@link Done} as
 * JSON). A call that was made is charged, also when its claim was lost meanwhile. Answers the call's id.
 */
export const tellCall = async (call: MadeCall, step: StepInHand, ctx: Context): Promise<string> => {
  const callId = call.begun?.callId ?? newId();
  const changed = call.begun ? [] : fellBackEvent(callId, call, step); // else told when it was begun
  const events = [...changed, await calledEvent(callId, call, step, ctx)];
  try {
    await step.note(events);
  } catch (error) {
    if (hasCode(error, 'lease.lost')) await chargeLate(events, step, ctx);
    throw error;
  }
  return callId;
};

/** The claim is lost, and the call was made. Unless it was taken for lost and ended already. */
const chargeLate = async (events: readonly NewEvent[], { workflow }: StepInHand, { bus }: Context): Promise<void> => {
  try {
    await bus.command({ on: streams.workflow(workflow.id), correlationId: workflow.id, events });
  } catch (error) {
    if (!hasCode(error, 'transition.refused')) throw error;
  }
};

/** Tells in the stream of a call that another model is asked than before; nothing when it is the same. */
export const fellBackEvent = (
  callId: string,
  { role, model, fellBack }: Pick<MadeCall, 'role' | 'model' | 'fellBack'>,
  { task }: StepInHand,
): NewEvent[] => {
  if (!fellBack) return [];
  const { provider, model: name } = model.ref;
  const data = { callId, taskId: task?.id ?? null, provider, model: name, role, ...fellBack };
  return [{ type: 'model.fell_back', stream: streams.call(callId), data }];
};

const calledEvent = async (
  callId: string,
  call: MadeCall,
  step: StepInHand,
  { artefacts }: Context,
): Promise<NewEvent> => {
  const { role, model, request, begun } = call;
  const done = 'done' in call ? call.done : null;
  const failed = 'error' in call ? call.error : null;
  // A failed call says as much about its usage as it knew; the port promises these details.
  const details = failed?.details as Partial<Pick<Done, 'usage' | 'timing' | 'double'>> | undefined;
  const usage = done?.usage ?? details?.usage;
  const timing = done?.timing ?? details?.timing;
  const double = done?.double ?? details?.double;
  const local = model.ref.provider === 'ollama';
  const estimate = chargeFor(begun, usage, failed);
  const denied = failed?.details['denied'] as Denial | undefined; // of egressDenial only
  return {
    type: 'model.called',
    stream: streams.call(callId),
    data: {
      callId,
      taskId: step.task?.id ?? null,
      ...step.mark,
      role,
      provider: double === undefined ? model.ref.provider : 'double',
      model: double ?? model.ref.model,
      box: model.ref.box ?? null,
      destination: model.destination,
      outcome: failed?.code ?? 'ok',
      input: usage?.input ?? null,
      output: usage?.output ?? null,
      cached: usage?.cacheRead ?? null,
      costUsd: usage?.costUsd ?? (local || (failed !== null && isTurnedAway(failed)) ? 0 : null),
      firstTokenMs: roundedOrNull(timing?.firstTokenMs),
      totalMs: Math.round(timing?.totalMs ?? 0),
      tokensPerS: timing?.tokensPerS ?? null,
      source: usage?.source ?? 'live',
      asked: formatModelRef(model.ref),
      ...(call.answers !== undefined && { answers: call.answers }),
      ...(call.contextTokens !== undefined && { contextTokens: call.contextTokens }),
      ...call.place,
      ...(call.atOnce !== undefined && { atOnce: beginningOf(call.atOnce, 500) }),
      ...(timing?.loadMs !== undefined && { loadMs: Math.round(timing.loadMs) }),
      ...(timing?.prefillMs !== undefined && { prefillMs: Math.round(timing.prefillMs) }),
      key: requestKey(request, { model: keyedModel(model.ref), sha256 }),
      prompt: await artefacts.put(JSON.stringify(request)),
      reply: done === null ? null : await artefacts.put(JSON.stringify(done)),
      ...(begun && { bytes: begun.bytes, paths: [...begun.paths] }),
      ...(begun?.approvalId !== undefined && { approvalId: begun.approvalId }),
      ...(estimate && { estimate }),
      ...(denied && { bytes: 0, denied }),
    },
  };
};

const roundedOrNull = (ms: number | null | undefined): number | null =>
  ms === null || ms === undefined ? null : Math.round(ms);
