import { isInterruption } from '@hive/errors';
import { streams, type CallView, type HiveEvent } from '@hive/events';
import { formatModelRef, parseModelRef, type Done, type ModelRequest } from '@hive/llm';
import type { Context, StepInHand } from '../agent.ts';
import type { Turned } from './call-model.ts';
import { isOf } from './ended-calls.ts';
import { sha256 } from './told-call.ts';
import type { Served } from './tools-learnt.ts';
import type { Role } from './wanted.ts';

/** The token under which an attempt ended, where this event ends one: calls under it or an earlier one belong to the past. */
const endOfAttempt = (event: HiveEvent, { kind }: StepInHand): number | null => {
  switch (event.type) {
    case 'task.attempt_failed':
      return event.data.step === kind && !isInterruption(event.data.code) ? event.data.token : null;
    case 'task.submitted':
    case 'task.review_completed':
    case 'task.refused':
    case 'task.escalated':
      return event.data.token ?? null;
    default:
      return null;
  }
};

/** A turn as it was asked and answered. */
type PaidTurn = {
  readonly request: ModelRequest;
  readonly done: Done;
  readonly author: string;
  readonly served: Served | null;
};

/**
 * The last well ended call of this step by this role in the present attempt, as it was asked and answered; null when there was none. A
 * process that died in between leaves it behind, and a conversation goes on from it without paying again.
 */
export const lastTurn = async (role: Role, step: StepInHand, ctx: Context): Promise<PaidTurn | null> => {
  const [call] = await goodCalls(role, step, ctx);
  if (call?.token === undefined) return null;
  return (await stepEvents(step, ctx)).some((event) => (endOfAttempt(event, step) ?? -1) >= (call.token ?? 0))
    ? null
    : turnOf(call, ctx);
};

/**
 * The reply that an earlier claim of the present attempt has got to exactly this question from one of these models, and did not live to use: it is
 * paid, and nobody has to be asked again. null when there is none; only then, and only on a step that was claimed before, calls are looked through.
 */
export const paidReply = async (
  {
    role,
    request,
    models,
  }: { readonly role: Role; readonly request: ModelRequest; readonly models: readonly string[] },
  step: StepInHand,
  ctx: Context,
): Promise<Turned | null> => {
  const events = await stepEvents(step, ctx);
  const ended = Math.max(-1, ...events.map((event) => endOfAttempt(event, step) ?? -1));
  const isOfAttempt = (token: number | undefined) => token !== undefined && token > ended && token < step.mark.token;
  const wasClaimed = events.some(
    ({ type, data }) => type === 'task.claimed' && data.step === step.kind && isOfAttempt(data.token),
  );
  if (!wasClaimed) return null;
  const asked = sha256(JSON.stringify(request));
  const call = (await goodCalls(role, step, ctx)).find(
    (it) =>
      it.prompt === asked && isOfAttempt(it.token) && (models.length === 0 || models.some((entry) => isOf(entry, it))),
  );
  if (!call) return null;
  const { done, author, served } = await turnOf(call, ctx);
  return { done, author, served, callId: call.callId };
};

/** The calls of this step by this role that ended well, newest first. */
const goodCalls = async (role: Role, step: StepInHand, { bus }: Context): Promise<readonly AnsweredCall[]> => {
  const taskId = step.task?.id ?? null;
  const heads = await bus.store.listHeads({ kind: 'call', correlationId: step.workflow.id, limit: 100_000 });
  return heads
    .map((head) => head.view as CallView) // heads of kind `call` are made by foldStream
    .filter((it): it is AnsweredCall => it.outcome === 'ok' && it.reply !== null)
    .filter((it) => it.taskId === taskId && it.role === role && it.step === step.kind);
};

type AnsweredCall = CallView & { readonly reply: string };

const stepEvents = async (step: StepInHand, { bus }: Context): Promise<readonly HiveEvent[]> => {
  const stream = step.task === null ? streams.workflow(step.workflow.id) : streams.task(step.task.id);
  return (await bus.store.events({ stream, newest: true, limit: 100 })).events;
};

const turnOf = async (call: AnsweredCall, { artefacts }: Context): Promise<PaidTurn> => ({
  request: await jsonOf(artefacts, call.prompt),
  done: await jsonOf(artefacts, call.reply),
  author: authorOf(call),
  served: servedBy(call),
});

/** A double has the name of its scenario in the call; what was asked is the model that the box has. */
const servedBy = ({ box, digest, asked, model }: CallView): Served | null =>
  box === null || digest === undefined
    ? null
    : { box, digest, model: asked === undefined ? model : parseModelRef(asked).model };

const authorOf = ({ provider, model, box }: CallView): string =>
  provider === 'double' || box === null ? `${provider}:${model}` : formatModelRef({ provider: 'ollama', model, box });

/** An artefact that {@link tellCall} wrote. */
const jsonOf = async <T>(artefacts: Context['artefacts'], hash: string): Promise<T> =>
  JSON.parse((await artefacts.get(hash)).toString()) as T;
