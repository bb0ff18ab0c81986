import { HiveError, type Code, type HiveErrorOptions } from '@hive/errors';
import { limitsOf, momentOf } from './limits.ts';

/** An HTTP answer that is no success, as far as its meaning is the same for every provider. */
export type HttpFailure = {
  readonly status: number;
  readonly headers: Headers;
  /** One sentence for people, of the server's own words or ours. */
  readonly message: string;
  readonly destination: string;
  readonly now: number;
};

/**
 * The code and the remedy that a status stands for. `details` have `status` and `destination`, `retryAt` (ISO) when the server said when to
 * come back, `retryCapped` when it said more than a month, and `limits` when it told of some.
 */
export const httpError = ({ status, headers, message, destination, now }: HttpFailure): HiveError => {
  const window = status === 429 ? closedWindow(headers) : undefined;
  const { code, options } = window ? exhausted : meaningOf(status);
  const waits = code === 'model.rate_limited' || code === 'model.overloaded' || code === 'model.window_exhausted';
  const wait = waits ? waitFor(headers, now, window?.resetsAt ?? null) : undefined;
  const limits = limitsOf(headers);
  return new HiveError(code, `${destination} answered ${status}: ${message}${wait?.capped ? cappedText : ''}`, {
    ...options,
    ...(wait && { retryAfterMs: wait.ms }),
    details: {
      ...options.details,
      status,
      destination,
      ...(window && { window: window.kind }),
      ...(wait && { retryAt: new Date(now + wait.ms).toISOString(), ...(wait.capped && { retryCapped: true }) }),
      ...(limits.length > 0 && { limits }),
    },
  });
};

const exhausted: { code: Code; options: HiveErrorOptions } = {
  code: 'model.window_exhausted',
  options: { remedy: 'retry', where: 'other' },
};

const meaningOf = (status: number): { code: Code; options: HiveErrorOptions } => {
  if (status === 401 || status === 403) return { code: 'model.auth', options: { remedy: 'fix_config' } };
  if (status === 402) return { code: 'model.billing', options: { remedy: 'fix_config' } };
  if (status === 404) return { code: 'model.unknown', options: { remedy: 'fix_config' } };
  if (status === 408)
    return { code: 'model.timeout', options: { remedy: 'retry', where: 'other', details: { phase: 'total' } } };
  if (status === 429) return { code: 'model.rate_limited', options: { remedy: 'retry', where: 'other' } };
  if (status >= 500) return { code: 'model.overloaded', options: { remedy: 'retry', where: 'other' } };
  return { code: 'model.bad_request', options: { remedy: 'give_up' } };
};

/** The window of a plan that is used up, when the headers say that one is (seen in public captures; not documented). */
const closedWindow = (headers: Headers): { kind: string; resetsAt: string | null } | undefined =>
  headers.get('anthropic-ratelimit-unified-status') === 'rejected'
    ? {
        kind: headers.get('anthropic-ratelimit-unified-representative-claim') ?? 'unified',
        resetsAt: momentOf(headers.get('anthropic-ratelimit-unified-reset')),
      }
    : undefined;

/** No limit of a provider lasts longer; what says more is a mistake, and would park work for ever. */
const longestMs = 31 * 24 * 3_600_000;
const cappedText = ' (it asked to wait for more than a month; Hive asks again after 31 days)';

/** How long the server asks to wait: `retry-after-ms`, `retry-after` as seconds or date, the end of a window, else the reset of a limit that is used up. */
const waitFor = (headers: Headers, now: number, windowEnd: string | null): Wait | undefined => {
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(ms)) return capped(ms);
  const after = headers.get('retry-after');
  if (after !== null && after.trim() !== '') {
    const seconds = Number(after);
    if (Number.isFinite(seconds)) return capped(seconds * 1000);
    const date = Date.parse(after);
    if (Number.isFinite(date)) return capped(date - now);
  }
  if (windowEnd !== null) return capped(Date.parse(windowEnd) - now);
  const resets = limitsOf(headers)
    .filter((limit) => limit.remaining === 0 && limit.resetsAt !== null)
    .map((limit) => Date.parse(limit.resetsAt ?? ''));
  return resets.length === 0 ? undefined : capped(Math.max(...resets) - now);
};

type Wait = { readonly ms: number; readonly capped: boolean };
const capped = (ms: number): Wait => ({
  ms: Math.min(Math.max(Math.ceil(ms), 0), longestMs),
  capped: ms > longestMs,
});
