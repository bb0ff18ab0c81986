import type { Limits, PlanWindow } from './scenario.ts';

/** What a request wants to take. */
export type Wanted = { readonly input: number; readonly maxTokens: number };

/** What the limits say: headers of every answer, and of a refusal how long to wait. */
export type Admission = {
  readonly headers: Readonly<Record<string, string>>;
  readonly refused?: { readonly message: string };
  /** Takes what was written, once it is known. */
  readonly settle: (output: number) => void;
};

type Bucket = { readonly kind: string; readonly limit: number; level: number; filledAt: number };
type Window = { readonly kind: string; readonly spec: PlanWindow; used: number; endsAt: number };

/** Headers shorten the names of a plan's windows. */
const short: Readonly<Record<string, string>> = { five_hour: '5h', seven_day: '7d' };

/**
 * The limits of one key: token buckets that fill evenly within a minute, and the windows of a plan that begin with their first call.
 * `speed` makes both faster.
 */
export const createLimits = (
  limits: Limits,
  { now, speed }: { readonly now: () => number; readonly speed: number },
) => {
  const buckets: Bucket[] = Object.entries(limits.perMinute ?? {}).map(([kind, limit]) => ({
    kind,
    limit,
    level: limit,
    filledAt: now(),
  }));
  const windows: Window[] = Object.entries(limits.plan ?? {}).map(([kind, spec]) => ({
    kind,
    spec,
    used: 0,
    endsAt: 0,
  }));

  const perMs = ({ limit }: Bucket) => (limit / 60_000) * speed;
  const fill = (bucket: Bucket) => {
    bucket.level = Math.min(bucket.limit, bucket.level + (now() - bucket.filledAt) * perMs(bucket));
    bucket.filledAt = now();
  };
  const costOf = (kind: string, { input, maxTokens }: Wanted): number =>
    ({ requests: 1, 'input-tokens': input, 'output-tokens': Math.min(maxTokens, 1), tokens: input })[kind] ?? 0;

  const bucketHeaders = () =>
    buckets.flatMap((bucket) => {
      const name = `anthropic-ratelimit-${bucket.kind}`;
      const fullInMs = (bucket.limit - bucket.level) / perMs(bucket);
      return [
        [`${name}-limit`, String(bucket.limit)],
        [`${name}-remaining`, String(Math.max(0, Math.floor(bucket.level)))],
        [`${name}-reset`, new Date(now() + Math.max(0, fullInMs)).toISOString()],
      ];
    });
  const windowHeaders = () => {
    if (windows.length === 0) return [];
    const worst = windows.reduce((a, b) => (b.used / b.spec.tokens > a.used / a.spec.tokens ? b : a));
    const share = (window: Window) => window.used / window.spec.tokens;
    const status = (window: Window) =>
      share(window) >= 1 ? 'rejected' : share(window) >= 0.8 ? 'allowed_warning' : 'allowed';
    return [
      ['anthropic-ratelimit-unified-status', status(worst)],
      ['anthropic-ratelimit-unified-representative-claim', worst.kind],
      ['anthropic-ratelimit-unified-reset', String(Math.ceil(worst.endsAt / 1000))],
      ...windows.flatMap((window) => {
        const name = `anthropic-ratelimit-unified-${short[window.kind] ?? window.kind}`;
        return [
          [`${name}-status`, status(window)],
          [`${name}-utilization`, share(window).toFixed(4)],
          [`${name}-reset`, String(Math.ceil(window.endsAt / 1000))],
        ];
      }),
    ];
  };
  const headers = (): Record<string, string> =>
    Object.fromEntries([...bucketHeaders(), ...windowHeaders()]) as Record<string, string>;
  const take = (kinds: readonly string[], tokens: number) => {
    for (const bucket of buckets) if (kinds.includes(bucket.kind)) bucket.level -= tokens;
    for (const window of windows) window.used += tokens;
  };

  return (wanted: Wanted): Admission => {
    for (const bucket of buckets) fill(bucket);
    for (const window of windows)
      if (window.endsAt <= now()) {
        window.used = 0;
        window.endsAt = now() + (window.spec.seconds * 1000) / speed;
      }
    const refuse = (message: string, waitMs: number): Admission => ({
      headers: { ...headers(), 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) },
      refused: { message },
      settle: () => {},
    });
    const closed = windows.find((window) => window.used >= window.spec.tokens);
    if (closed) return refuse(`The ${closed.kind} window of this plan is used up`, closed.endsAt - now());
    const empty = buckets.find((bucket) => bucket.level < costOf(bucket.kind, wanted));
    if (empty)
      return refuse(
        `This request would exceed the limit of ${empty.limit} ${empty.kind} per minute`,
        (costOf(empty.kind, wanted) - empty.level) / perMs(empty),
      );
    for (const bucket of buckets) if (bucket.kind === 'requests') bucket.level -= 1;
    take(['input-tokens', 'tokens'], wanted.input);
    return { headers: headers(), settle: (output) => take(['output-tokens', 'tokens'], output) };
  };
};
