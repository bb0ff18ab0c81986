import type { LimitSeen } from './model.ts';

/** The windows of a plan as headers shorten them, and as everything else spells them. */
const windows: Readonly<Record<string, string>> = { '5h': 'five_hour', '7d': 'seven_day' };

const plain = /^anthropic-ratelimit-(?!unified-)([a-z0-9-]+)-(limit|remaining|reset)$/;
const unified = /^anthropic-ratelimit-unified-([a-z0-9_-]+)-(utilization|reset)$/;

/** The limits that the headers of an answer tell of, those of a key and those of a plan. Kinds that nobody knows yet are kept. */
export const limitsOf = (headers: Headers): readonly LimitSeen[] => {
  const seen = new Map<string, Record<string, string>>();
  for (const [name, value] of headers) {
    const [, kind, field] = plain.exec(name) ?? unified.exec(name) ?? [];
    if (kind === undefined || field === undefined) continue;
    const key = windows[kind] ?? (name.includes('-unified-') ? kind.replaceAll('-', '_') : kind);
    seen.set(key, { ...seen.get(key), [field]: value });
  }
  return [...seen].map(([kind, { limit, remaining, reset, utilization }]) => {
    const most = count(limit);
    const left = count(remaining);
    const share = count(utilization);
    return {
      kind,
      limit: most,
      remaining: left,
      usedShare: share === null ? (most && left !== null ? 1 - left / most : null) : shareOf(share),
      resetsAt: momentOf(reset),
    };
  });
};

/** A used share that may come as 0.42 or as 42: nobody overdraws a window tenfold. */
export const shareOf = (utilization: number): number => (utilization > 10 ? utilization / 100 : utilization);

/** A moment as ISO time: RFC 3339, or a number of seconds (below 1e12) or milliseconds since 1970. `null` when it is none of these. */
export const momentOf = (told: string | number | null | undefined): string | null => {
  if (told === null || told === undefined || told === '') return null;
  const number = Number(told);
  const ms = Number.isFinite(number) ? (number < 1e12 ? number * 1000 : number) : Date.parse(String(told));
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : null;
};

const count = (text: string | undefined): number | null => {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
};
