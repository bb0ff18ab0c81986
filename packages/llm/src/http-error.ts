import { HiveError, type Code, type HiveErrorOptions } from '@hive/errors';

/** An HTTP answer that is no success, as far as its meaning is the same for every provider. */
export type HttpFailure = {
  readonly status: number;
  readonly headers: Headers;
  /** One sentence for people, of the server's own words or ours. */
  readonly message: string;
  readonly destination: string;
  readonly now: number;
};

/** The code and the remedy that a status stands for. */
export const httpError = ({ status, headers, message, destination, now }: HttpFailure): HiveError => {
  const { code, options } = meaningOf(status);
  const retryAfterMs =
    code === 'model.rate_limited' || code === 'model.overloaded' ? retryAfter(headers, now) : undefined;
  return new HiveError(code, `${destination} answered ${status}: ${message}`, {
    ...options,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    details: {
      status,
      destination,
      ...(retryAfterMs === undefined ? {} : { resetsAt: new Date(now + retryAfterMs).toISOString() }),
    },
  });
};

const meaningOf = (status: number): { code: Code; options: HiveErrorOptions } => {
  if (status === 401 || status === 403) return { code: 'model.auth', options: { remedy: 'fix_config' } };
  if (status === 402) return { code: 'model.billing', options: { remedy: 'fix_config' } };
  if (status === 404) return { code: 'model.unknown', options: { remedy: 'fix_config' } };
  if (status === 408) return { code: 'model.timeout', options: { remedy: 'retry', where: 'other' } };
  if (status === 429) return { code: 'model.rate_limited', options: { remedy: 'retry', where: 'other' } };
  if (status >= 500) return { code: 'model.overloaded', options: { remedy: 'retry', where: 'other' } };
  return { code: 'model.bad_request', options: { remedy: 'give_up' } };
};

const longestMs = 31 * 24 * 3_600_000;

/** How long the server asks to wait, in milliseconds: `retry-after-ms`, `retry-after` as seconds or date, else the reset of a limit that is used up. */
export const retryAfter = (headers: Headers, now: number): number | undefined => {
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(ms)) return clamp(ms);
  const after = headers.get('retry-after');
  if (after !== null && after.trim() !== '') {
    const seconds = Number(after);
    if (Number.isFinite(seconds)) return clamp(seconds * 1000);
    const date = Date.parse(after);
    if (Number.isFinite(date)) return clamp(date - now);
  }
  const resets = ['requests', 'tokens', 'input-tokens', 'output-tokens']
    .filter((limit) => headers.get(`anthropic-ratelimit-${limit}-remaining`) === '0')
    .map((limit) => Date.parse(headers.get(`anthropic-ratelimit-${limit}-reset`) ?? ''))
    .filter(Number.isFinite);
  return resets.length === 0 ? undefined : clamp(Math.max(...resets) - now);
};

const clamp = (ms: number): number => Math.min(Math.max(Math.ceil(ms), 0), longestMs);
