import { quietUntil, type HiveConfig } from '@hive/config';
import type { HiveError } from '@hive/errors';
import { limitKey, streams, type LimitsView, type LimitView } from '@hive/events';
import { formatModelRef, type ModelRef } from '@hive/llm';
import type { Context, StepInHand } from '../agent.ts';
import { parkedError, type Parking } from './parking.ts';

/** Says why a model is not to be asked now, as the error of a parked step; null when it may be. */
export type Holds = (ref: ModelRef) => HiveError | null;

/** What is looked at: the configuration, what the workflow leaves to people, the time, and the limits that are known. */
type Around = {
  readonly paid: HiveConfig['paid'];
  /** The share of a window that is left to people. */
  readonly reserve: number;
  readonly now: number;
  readonly limits: LimitsView;
};

/** Limits that count requests or tokens by the minute. They are no windows: nobody else waits for them. */
const buckets: ReadonlySet<string> = new Set(['requests', 'tokens', 'input-tokens', 'output-tokens', 'unknown']);

/** True for a window of a plan, of which a share can be left to people. */
export const isWindow = (kind: string): boolean => !buckets.has(kind);

/** Models that cost money or use up a plan. */
export const isPaid = ({ provider }: Pick<ModelRef, 'provider'>): boolean =>
  provider === 'claude' || provider === 'claude-code';

/** The way to a provider that its limits belong to: a credential, or a box. */
export const credentialOf = ({ provider, box }: ModelRef): string =>
  provider === 'ollama' && box !== undefined ? `${provider}@${box}` : provider;

/** For what a call to this model has to wait, the longest first; null when it may be made. Pure. */
export const holdOf = (ref: ModelRef, { paid, reserve, now, limits }: Around): Parking | null => {
  const name = formatModelRef(ref);
  const holds: (Parking & { readonly until: string })[] = [];
  const quiet = isPaid(ref) ? quietUntil(paid.quietHours, now) : null;
  if (quiet !== null) {
    const until = new Date(quiet).toISOString();
    holds.push({
      kind: 'quiet_hours',
      until,
      ref,
      callId: null,
      because: `the end of the quiet hours of paid models at ${until}`,
    });
  }
  for (const limit of Object.values(limits)) {
    const { resetsAt, kind } = limit;
    if (resetsAt === null || Date.parse(resetsAt) <= now || !isOf(limit, ref)) continue;
    if (limit.hit)
      holds.push({
        kind,
        until: resetsAt,
        ref,
        callId: null,
        because: `the ${kind} limit of ${name} until ${resetsAt}`,
      });
    else if (reserve > 0 && isWindow(kind) && limit.usedShare !== null && limit.usedShare >= 1 - reserve) {
      const because = `the next ${kind} window of ${name} at ${resetsAt}: ${percent(limit.usedShare)} of this one are used, and ${percent(reserve)} are left to people`;
      holds.push({ kind: `${kind}, reserve`, until: resetsAt, ref, callId: null, because });
    }
  }
  return holds.toSorted((a, b) => (a.until < b.until ? 1 : -1))[0] ?? null;
};

const isOf = ({ kind, model }: LimitView, ref: ModelRef): boolean =>
  model === null || limitKey({ kind, model: ref.model }).key === `${kind} ${model}`;

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** The share of windows that is left to people by this workflow. */
export const reserveOf = ({ workflow }: Pick<StepInHand, 'workflow'>, { config }: Pick<Context, 'config'>): number =>
  Math.max(config.paid.reserve, workflow.submission.reserve ?? 0);

/** The holds of these models at this moment, from the limits that any process has met. */
export const readHolds = async (refs: readonly ModelRef[], step: StepInHand, ctx: Context): Promise<Holds> => {
  const boxes = ctx.config.boxes.map(({ name }): ModelRef => ({ provider: 'ollama', model: '', box: name }));
  const names = [...new Set([...refs, ...boxes].map((ref) => streams.limit(credentialOf(ref))))];
  const { heads, now } = await ctx.bus.store.heads(names);
  const reserve = reserveOf(step, ctx);
  return (ref) => {
    const limits = (heads.get(streams.limit(credentialOf(ref)))?.view ?? {}) as LimitsView; // heads of kind `limit` are made by foldStream
    const hold = holdOf(ref, { paid: ctx.config.paid, reserve, now: Date.parse(now), limits });
    return hold && parkedError(hold);
  };
};
