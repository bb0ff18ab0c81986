import { record } from '@hive/bus';
import type { HiveError } from '@hive/errors';
import { limitKey, streams, type LimitsView, type NewEvent } from '@hive/events';
import type { Done, LimitSeen, ModelRef } from '@hive/llm';
import type { Context, StepInHand } from '../agent.ts';
import { credentialOf, isWindow, reserveOf } from './holds.ts';

/** What a call has learnt of one limit, as far as it is worth telling. */
export type LimitFact = {
  readonly kind: string;
  readonly resetsAt: string | null;
  readonly usedShare: number | null;
  readonly hit: boolean;
};

/** Two moments that differ by less are one: servers say in whole seconds how long to wait. */
const sameMs = 2000;
/** A limit that does not say when it ends is told again after this. */
const unknownMs = 300_000;
const near: readonly number[] = [0.8, 0.95];

/** The facts in what a call said about limits: those that were met, and those whose used share has crossed one of these marks. Pure. */
export const factsOf = (
  seen: readonly LimitSeen[],
  error: HiveError | null,
  marks: readonly number[],
): readonly LimitFact[] => {
  const isLimited = error?.code === 'model.rate_limited' || error?.code === 'model.window_exhausted';
  const facts = seen.flatMap(({ kind, remaining, usedShare, resetsAt }): LimitFact[] => {
    const hit = isLimited && (remaining === 0 || (usedShare ?? 0) >= 1);
    return hit || marks.some((mark) => (usedShare ?? 0) >= mark) ? [{ kind, resetsAt, usedShare, hit }] : [];
  });
  if (!isLimited || facts.some((fact) => fact.hit)) return facts;
  const { window, retryAt } = error.details as { readonly window?: string; readonly retryAt?: string };
  const kind = window ?? 'requests';
  return [
    ...facts.filter((fact) => fact.kind !== kind),
    { kind, resetsAt: retryAt ?? null, usedShare: null, hit: true },
  ];
};

/** True where a fact says more than what is known: a limit was met or a higher mark crossed, or it is about a later window. Pure. */
export const isNews = (
  fact: LimitFact,
  known: LimitsView[string] | undefined,
  { now, marks }: { readonly now: number; readonly marks: readonly number[] },
): boolean => {
  if (!known) return true;
  const isOver = known.resetsAt === null ? now - Date.parse(known.at) > unknownMs : Date.parse(known.resetsAt) <= now;
  if (isOver) return true;
  if (fact.hit !== known.hit) return fact.hit;
  // Nearness to a bucket that fills up all the time is told once until it is met; only what is met moves its end.
  if (fact.hit)
    return (
      fact.resetsAt !== null &&
      (known.resetsAt === null || Date.parse(fact.resetsAt) - Date.parse(known.resetsAt) > sameMs)
    );
  const crossed = (share: number | null) => marks.filter((mark) => (share ?? 0) >= mark).length;
  return crossed(fact.usedShare) > crossed(known.usedShare);
};

/**
 * Records what a call has learnt about limits as `model.rate_limited`, where nobody has told it yet: whoever tells it compares with what is known in
 * the same commit, so of many calls that meet a limit one does.
 */
export const tellLimits = async (
  {
    callId,
    ref,
    limits,
    error,
  }: {
    readonly callId: string;
    readonly ref: ModelRef;
    readonly limits: Done['limits'];
    readonly error: HiveError | null;
  },
  step: StepInHand,
  { bus, config }: Context,
): Promise<void> => {
  const reserve = reserveOf(step, { config });
  const marksOf = (kind: string) => (reserve > 0 && isWindow(kind) ? [...near, 1 - reserve] : near);
  const facts = factsOf(limits ?? [], error, [...near, ...(reserve > 0 ? [1 - reserve] : [])]).filter(
    (fact) => fact.hit || marksOf(fact.kind).some((mark) => (fact.usedShare ?? 0) >= mark),
  );
  if (facts.length === 0) return;
  const stream = streams.limit(credentialOf(ref));
  const call = streams.call(callId);
  await record(bus.store, {
    streams: [stream, call],
    onRefused: 'throw',
    newId: bus.around.newId,
    plan: (heads, now) => {
      const known = (heads.get(stream)?.view ?? {}) as LimitsView; // heads of kind `limit` are made by foldStream
      const news = facts.filter((fact) =>
        isNews(fact, known[limitKey({ kind: fact.kind, model: ref.model }).key], {
          now: Date.parse(now),
          marks: marksOf(fact.kind),
        }),
      );
      return {
        moves:
          news.length === 0
            ? []
            : [{ events: news.map((fact): NewEvent => eventOf(fact, { callId, ref, stream }, step)) }],
        stamp: { correlationId: step.workflow.id, causationId: heads.get(call)?.lastEventId ?? null, actor: bus.actor },
      };
    },
  });
};

const eventOf = (
  { kind, resetsAt, usedShare, hit }: LimitFact,
  { callId, ref, stream }: { readonly callId: string; readonly ref: ModelRef; readonly stream: string },
  { task }: StepInHand,
): NewEvent => ({
  type: 'model.rate_limited',
  stream,
  data: {
    callId,
    taskId: task?.id ?? null,
    provider: ref.provider,
    model: ref.model,
    kind,
    resetsAt,
    usedShare: usedShare === null ? null : Math.max(0, usedShare),
    hit,
  },
});
