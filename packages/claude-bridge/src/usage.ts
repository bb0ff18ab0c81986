import type Anthropic from '@anthropic-ai/sdk';
import type { Usage } from '@hive/llm';

/** Dollars per million tokens, dated and kept in the configuration. */
export type Prices = {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
};

type Counted = Partial<
  Pick<
    Anthropic.MessageDeltaUsage,
    'input_tokens' | 'cache_read_input_tokens' | 'cache_creation_input_tokens' | 'output_tokens'
  >
> & {
  readonly output_tokens_details?: { readonly thinking_tokens?: number | null } | null;
};

/** The counts of a reply so far. They are cumulative, so a later event replaces what it knows better. */
export const createUsage = (prices: Prices | undefined) => {
  let seen: Counted = {};
  return {
    take: (counted: Counted | null | undefined) => {
      const known = Object.entries(counted ?? {}).filter(([, value]) => value !== null && value !== undefined);
      seen = { ...seen, ...Object.fromEntries(known) };
    },
    now: (): Usage => {
      const usage = {
        input: seen.input_tokens ?? null,
        cacheRead: seen.cache_read_input_tokens ?? null,
        cacheWrite: seen.cache_creation_input_tokens ?? null,
        output: seen.output_tokens ?? null,
      };
      const thinking = seen.output_tokens_details?.thinking_tokens;
      const costUsd = costOf(usage, prices);
      return {
        ...usage,
        ...(typeof thinking === 'number' ? { thinking } : {}),
        ...(costUsd === undefined ? { costBasis: 'unknown' } : { costUsd, costBasis: 'list' }),
        source: 'live',
      };
    },
  };
};

/** Unknown when a count is unknown, or when tokens were counted that have no price. */
const costOf = (
  usage: Pick<Usage, 'input' | 'cacheRead' | 'cacheWrite' | 'output'>,
  prices: Prices | undefined,
): number | undefined => {
  if (!prices || usage.input === null || usage.output === null) return undefined;
  const lines: [number, number | undefined][] = [
    [usage.input, prices.input],
    [usage.output, prices.output],
    [usage.cacheRead ?? 0, prices.cacheRead],
    [usage.cacheWrite ?? 0, prices.cacheWrite],
  ];
  let micros = 0;
  for (const [tokens, price] of lines) {
    if (tokens > 0 && price === undefined) return undefined;
    micros += tokens * (price ?? 0);
  }
  return micros / 1_000_000;
};
