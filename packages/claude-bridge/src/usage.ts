import type Anthropic from '@anthropic-ai/sdk';
import type { Usage } from '@hive/llm';

/** Dollars per million tokens of one model. */
export type Price = {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
};

/** Prices by the id of the model, or by its reference (`claude:<id>`). A table of the configuration, dated there; never code. */
export type Prices = Readonly<Record<string, Price>>;

type Counted = Partial<
  Pick<
    Anthropic.MessageDeltaUsage,
    'input_tokens' | 'cache_read_input_tokens' | 'cache_creation_input_tokens' | 'output_tokens'
  >
> & {
  readonly output_tokens_details?: { readonly thinking_tokens?: number | null } | null;
};

/** The counts of a reply so far. They are cumulative, so a later event replaces what it knows better. */
export const createUsage = (prices: Prices = {}, asked: string) => {
  const priceOf = (model: string): Price | undefined => prices[model] ?? prices[`claude:${model}`];
  let seen: Counted = {};
  return {
    take: (counted: Counted | null | undefined) => {
      const known = Object.entries(counted ?? {}).filter(([, value]) => value !== null && value !== undefined);
      seen = { ...seen, ...Object.fromEntries(known) };
    },
    /** `answered` is the model that the server named, which may be a dated form of what was asked. */
    now: (answered: string): Usage => {
      const usage = {
        input: seen.input_tokens ?? null,
        cacheRead: seen.cache_read_input_tokens ?? null,
        cacheWrite: seen.cache_creation_input_tokens ?? null,
        output: seen.output_tokens ?? null,
      };
      const thinking = seen.output_tokens_details?.thinking_tokens;
      const costUsd = costOf(usage, priceOf(answered) ?? priceOf(asked));
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
  price: Price | undefined,
): number | undefined => {
  if (!price || usage.input === null || usage.output === null) return undefined;
  const lines: [number, number | undefined][] = [
    [usage.input, price.input],
    [usage.output, price.output],
    [usage.cacheRead ?? 0, price.cacheRead],
    [usage.cacheWrite ?? 0, price.cacheWrite],
  ];
  let micros = 0;
  for (const [tokens, dollars] of lines) {
    if (tokens > 0 && dollars === undefined) return undefined;
    micros += tokens * (dollars ?? 0);
  }
  return micros / 1_000_000;
};
