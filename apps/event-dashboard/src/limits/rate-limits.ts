import { HiveError } from '@hive/errors';

/** What is counted apart: looking, changing, handing in a pairing code, and coming without a valid key. */
export type LimitName = 'read' | 'write' | 'pair' | 'key';

/** So many requests in so many seconds, in any rhythm: what was not used comes back evenly. */
export type Quota = { readonly requests: number; readonly seconds: number };

/** What a request is told about its limit. `left` is what may still come at once; with `waitS` nothing may, for so long. */
export type Counted = {
  readonly name: LimitName;
  readonly quota: Quota;
  readonly left: number;
  /** Until all of it is there again, in seconds. */
  readonly resetS: number;
  readonly waitS: number | null;
};

/** Counts requests by who sends them. */
export type RateLimits = {
  /** Counts one. With `waitS` it was one too many, and was not counted. */
  take(name: LimitName, who: string): Counted;
};

/** Quotas for one token or browser; those of `pair` and `key` are for an address. */
export const defaultQuotas: Readonly<Record<LimitName, Quota>> = {
  read: { requests: 1000, seconds: 10 },
  write: { requests: 300, seconds: 10 },
  pair: { requests: 10, seconds: 60 },
  key: { requests: 30, seconds: 60 },
};

/** The quotas for so many requests a second: bursts of ten seconds, and a third of it for what changes something. */
export const quotasOf = (perSecond: number | null): Readonly<Record<LimitName, Quota>> => {
  if (perSecond === null) return defaultQuotas;
  const of = (rate: number): Quota => ({ requests: Math.max(1, Math.ceil(rate * 10)), seconds: 10 });
  return { ...defaultQuotas, read: of(perSecond), write: of(perSecond / 3) };
};

/** So many senders are remembered; of one more, whoever came least lately is forgotten, which costs them nothing. */
const mostKeys = 10_000;

/**
 * A leaky bucket for each name and sender, as one number: the moment at which it is empty (the generic cell rate algorithm). Nothing is kept of who
 * has all of their quota again.
 */
export const createRateLimits = (
  quotas: Readonly<Record<LimitName, Quota>> = defaultQuotas,
  now: () => number = Date.now,
): RateLimits => {
  const empties = new Map<string, number>();
  return {
    take: (name, who) => {
      const quota = quotas[name];
      const eachMs = (quota.seconds * 1000) / quota.requests;
      const fullMs = quota.seconds * 1000;
      const key = `${name} ${who}`;
      const at = now();
      const from = Math.max(empties.get(key) ?? at, at);
      const until = from + eachMs;
      const isTooMany = until - at > fullMs + 1e-6;
      empties.delete(key); // whoever came last stands last
      empties.set(key, isTooMany ? from : until);
      if (empties.size > mostKeys) empties.delete(empties.keys().next().value ?? '');
      const fill = (isTooMany ? from : until) - at;
      return {
        ...{ name, quota },
        left: Math.floor((fullMs - fill + 1e-6) / eachMs),
        resetS: Math.ceil(fill / 1000),
        waitS: isTooMany ? Math.max(1, Math.ceil((until - at - fullMs) / 1000)) : null,
      };
    },
  };
};

/** What an answer says of a limit, in the fields of draft-ietf-httpapi-ratelimit-headers-10. */
export const limitHeaders = ({ name, quota, left, resetS }: Counted): Readonly<Record<string, string>> => ({
  'ratelimit-policy': `"${name}";q=${quota.requests};w=${quota.seconds}`,
  ratelimit: `"${name}";r=${left};t=${resetS}`,
});

const whatOf: Readonly<Record<LimitName, string>> = {
  read: 'requests',
  write: 'requests that change something',
  pair: 'tries to pair a browser',
  key: 'requests without a valid token or session',
};

/** The refusal of one request too many. */
export const tooMany = ({ name, quota, waitS }: Counted): HiveError =>
  new HiveError(
    'http.too_many',
    `More than ${quota.requests} ${whatOf[name]} in ${quota.seconds} s; come back in ${waitS ?? 1} s`,
    { remedy: 'retry', retryAfterMs: (waitS ?? 1) * 1000, details: { limit: name } },
  );
