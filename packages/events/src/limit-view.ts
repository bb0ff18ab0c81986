import type { HiveEvent } from './catalogue.ts';
import type { Fact } from './task-view.ts';

/** The last that is known of one limit. `model` is null where it holds for all models of the provider. */
export type LimitView = {
  readonly kind: string;
  readonly model: string | null;
  readonly resetsAt: string | null;
  /** 0 to 1, as it was when it was last told. */
  readonly usedShare: number | null;
  /** False: it is near, and calls are still answered. */
  readonly hit: boolean;
  /** The call that met it. */
  readonly callId: string;
  readonly at: string;
};

/** The limits of one way to a provider, by {@link limitKey}. */
export type LimitsView = Readonly<Record<string, LimitView>>;

/** Windows that all models of a plan share; every other limit is that of the model which met it. */
const shared: ReadonlySet<string> = new Set(['five_hour', 'seven_day', 'overage', 'unified']);

/** The name under which a limit is kept, and whose it is. */
export const limitKey = ({ kind, model }: { readonly kind: string; readonly model: string }) =>
  shared.has(kind) ? ({ key: kind, model: null } as const) : ({ key: `${kind} ${model}`, model } as const);

/** The limits after one more `model.rate_limited`. */
export const foldLimits = (view: LimitsView | null, fact: Fact): LimitsView => {
  const event = fact as HiveEvent;
  if (event.type !== 'model.rate_limited') return view ?? {};
  const { kind, resetsAt, usedShare, hit, callId } = event.data;
  const { key, model } = limitKey(event.data);
  const told: LimitView = {
    kind,
    model,
    resetsAt,
    usedShare: usedShare ?? null,
    hit: hit !== false,
    callId,
    at: event.at,
  };
  return { ...view, [key]: told };
};
