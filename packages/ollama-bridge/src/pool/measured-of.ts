import type { Done } from '@hive/llm';
import type { Measured } from '../routing/facts.ts';

/** What a call has shown of the speeds of a model of this size. Too short to be a measurement: null. */
export const measuredOf = ({ timing, usage }: Pick<Done, 'timing' | 'usage'>, size: number): Measured => ({
  decodeTps: (usage.output ?? 0) >= 8 ? (timing.tokensPerS ?? null) : null,
  prefillTps: rate(usage.input, timing.prefillMs, { atLeast: 64 }),
  // A model that is there already is "loaded" in some milliseconds.
  loadBytesPerS: (timing.loadMs ?? 0) >= 500 ? rate(size, timing.loadMs, { atLeast: 1 }) : null,
});

const rate = (
  amount: number | null,
  ms: number | undefined,
  { atLeast }: { readonly atLeast: number },
): number | null => (amount === null || amount < atLeast || ms === undefined || ms <= 0 ? null : (amount / ms) * 1000);
