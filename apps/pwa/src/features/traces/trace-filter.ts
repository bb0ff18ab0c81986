import type { TraceFilter, TraceSummary } from '@hive/events';

/** What the typed filter asks of Hive, or the word of it that nobody understands. */
export type TypedFilter = { readonly filter: TraceFilter; readonly problem: string | null };

const durations: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `5m`, `2h`, `3d` in ms; NaN for anything else. */
const ms = (text: string): number => {
  const [, figure, unit = ''] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  return Number(figure) * (durations[unit] ?? NaN);
};

/** `2d` (so long ago) or a day or moment, as ISO; undefined for anything else. */
const moment = (text: string, now: number): string | undefined => {
  const at = Number.isFinite(ms(text)) ? now - ms(text) : Date.parse(text);
  return Number.isFinite(at) ? new Date(at).toISOString() : undefined;
};

const amount = (text: string): number => (text === '' ? NaN : Number(text));

/** What each key takes; undefined: it does not understand the value. */
const keys: Readonly<Record<string, (value: string, now: number) => TraceFilter | undefined>> = {
  status: (status) => ({ status }),
  repo: (repo) => ({ repo }),
  model: (model) => ({ model }),
  author: (author) => ({ author }),
  agent: (agent) => ({ agent }),
  code: (code) => ({ code }),
  since: (value, now) => given('since', moment(value, now)),
  before: (value, now) => given('before', moment(value, now)),
  dur: (value) => {
    const bound = ms(value.slice(1));
    if (!Number.isFinite(bound)) return undefined;
    return value.startsWith('>') ? { minMs: bound } : value.startsWith('<') ? { maxMs: bound } : undefined;
  },
  errors: (value) => given('minErrors', value.startsWith('>') ? finite(amount(value.slice(1)) + 1) : undefined),
  cost: (value) => given('minUsd', value.startsWith('>') ? finite(amount(value.slice(1))) : undefined),
};

const finite = (n: number): number | undefined => (Number.isFinite(n) && n >= 0 ? n : undefined);

const given = (key: keyof TraceFilter, value: string | number | undefined): TraceFilter | undefined =>
  value === undefined ? undefined : { [key]: value };

/** The names that a filter may begin with. */
export const filterKeys: readonly string[] = Object.keys(keys);

/** Reads `status:failed repo:almanac dur:>5m "two words" parse`. What is not understood is named, and the rest counts. */
export const parseTraceFilter = (typed: string, now: number): TypedFilter => {
  let filter: TraceFilter = {};
  let problem: string | null = null;
  const words: string[] = [];
  for (const [, key, quoted, plain, word] of typed.matchAll(/(\w+):(?:"([^"]*)"|(\S*))|(\S+)/g)) {
    if (key === undefined) {
      words.push((word ?? '').replaceAll('"', ''));
      continue;
    }
    const value = quoted ?? plain ?? '';
    const name = key.toLowerCase();
    if (name === 'text') words.push(value);
    else if (!Object.hasOwn(keys, name)) problem ??= `There is no filter ${key}; there are ${filterKeys.join(', ')}`;
    else if (value !== '') {
      const part = keys[name]?.(name === 'status' ? value.toLowerCase() : value, now);
      if (part) filter = { ...filter, ...part };
      else problem ??= `${key}:${value} is not understood; write for example ${examples[name] ?? `${name}:…`}`;
    }
  }
  const text = words.filter(Boolean).join(' ');
  return { filter: text === '' ? filter : { ...filter, text }, problem };
};

const examples: Readonly<Record<string, string>> = {
  since: 'since:2d or since:2030-01-31',
  before: 'before:6h or before:2030-01-31',
  dur: 'dur:>5m or dur:<1h',
  errors: 'errors:>0',
  cost: 'cost:>0.50',
};

/** The statuses that are asked for. */
export const statusesOf = ({ status = '' }: TraceFilter): readonly string[] => status.split(',').filter(Boolean);

/** Processes are shown only when they are asked for. Offline, where nobody filters, also statuses and words are looked at. */
export const fittingTraces = (traces: readonly TraceSummary[], filter: TraceFilter): readonly TraceSummary[] => {
  const statuses = statusesOf(filter);
  const words = (filter.text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return traces.filter((trace) => {
    const status = trace.status ?? 'process';
    const text = `${trace.goal ?? ''} ${trace.correlationId}`.toLowerCase();
    return (
      (statuses.length === 0 ? status !== 'process' : statuses.includes(status)) &&
      words.every((word) => text.includes(word))
    );
  });
};

/** The filter text with this status switched on alone, or off when it was on. */
export const withStatus = (typed: string, status: string | null): string => {
  const words = typed.split(/\s+/).filter((part) => part !== '' && !part.toLowerCase().startsWith('status:'));
  return [...(status === null ? [] : [`status:${status}`]), ...words].join(' ');
};
