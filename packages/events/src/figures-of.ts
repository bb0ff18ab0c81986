// Apart from the schemas, so that a page that folds figures does not load them.
import { beginningOf } from '@hive/errors';
import type { DataOf, HiveEvent } from './catalogue.ts';
import type { AgentFigures, EndpointFigures, Figures, FiguresWindow } from './figures.ts';

/** How long a window is, and how long each stretch of it. */
export const figuresSpan: Readonly<Record<FiguresWindow, { readonly ms: number; readonly stepMs: number }>> = {
  '1h': { ms: 3_600_000, stepMs: 60_000 },
  '24h': { ms: 86_400_000, stepMs: 900_000 },
  '7d': { ms: 604_800_000, stepMs: 3_600_000 },
};

/** How a step of an agent ended. */
type End = { readonly agent: string; readonly how: 'good' | 'failed' | 'lost' };
type Call = { readonly endpoint: string } & Pick<
  DataOf<'model.called'>,
  'provider' | 'model' | 'box' | 'destination' | 'totalMs' | 'firstTokenMs' | 'queuedMs' | 'tokensPerS'
> & { readonly ok: boolean };

/** What is kept of an event for figures, or of `times` events that tell nothing more than that they were. Times in milliseconds since 1970. */
export type Noted = {
  readonly atMs: number;
  readonly times?: number;
  readonly end?: End & {
    readonly text: string;
    readonly event: Pick<HiveEvent, 'id' | 'type' | 'correlationId' | 'at'>;
  };
  readonly call?: Call;
  readonly limited?: string;
};

const endpointOf = ({ provider, model, box }: { provider: string; model: string; box?: string | null }): string =>
  `${provider} ${model} ${box ?? ''}`;

/** The name of an agent in an actor: `worker/worker-1` is `worker-1`. */
const agentOf = (actor: string): string => actor.slice(actor.indexOf('/') + 1);

/** What an event tells for figures; every event counts, most tell nothing more. */
export const noteOf = (event: HiveEvent): Noted => {
  const atMs = Date.parse(event.at);
  const end = (agent: string, how: End['how'], text = ''): Noted => {
    const { id, type, correlationId, at } = event;
    return { atMs, end: { agent, how, text: beginningOf(text, 300), event: { id, type, correlationId, at } } };
  };
  switch (event.type) {
    case 'task.submitted':
    case 'task.checked':
    case 'task.completed':
    case 'task.merged':
    case 'workflow.plan_generated':
      return end(agentOf(event.actor), 'good');
    case 'task.review_completed':
      return event.data.reviewer.kind === 'human' ? { atMs } : end(agentOf(event.actor), 'good');
    case 'task.attempt_failed':
      return end(agentOf(event.actor), 'failed', `${event.data.code}: ${event.data.reason}`);
    case 'task.lease_expired':
      return end(event.data.agent, 'lost', event.data.reason);
    case 'model.called': {
      const { provider, model, box, destination, totalMs, firstTokenMs, queuedMs, tokensPerS, outcome, source } =
        event.data;
      if (source !== 'live') return { atMs };
      const told = { provider, model, box, destination, totalMs, firstTokenMs, queuedMs, tokensPerS };
      return { atMs, call: { ...told, endpoint: endpointOf(event.data), ok: outcome === 'ok' } };
    }
    case 'model.rate_limited':
      return event.data.hit === false ? { atMs } : { atMs, limited: `${event.data.provider} ${event.data.model}` };
    default:
      return { atMs };
  }
};

/** Notes with those of further events: what tells nothing is counted by the minute, so that a day stays small. Changes `notes`. */
export const addNotes = (notes: Noted[], events: readonly HiveEvent[]): void => {
  for (const note of events.map(noteOf)) {
    const last = notes.at(-1);
    const isPlain = (it: Noted) => !it.end && !it.call && it.limited === undefined;
    const sameMinute = last && Math.floor(last.atMs / 60_000) === Math.floor(note.atMs / 60_000);
    if (last && sameMinute && isPlain(last) && isPlain(note))
      notes[notes.length - 1] = { atMs: last.atMs, times: (last.times ?? 1) + 1 };
    else notes.push(note);
  }
};

/** The figures of what was noted, oldest first, in a window that ends at `untilMs`. `fromMs`: before that nothing was read. Pure. */
export const figuresOf = (
  notes: readonly Noted[],
  { window, untilMs, fromMs }: { readonly window: FiguresWindow; readonly untilMs: number; readonly fromMs: number },
): Figures => {
  const { ms, stepMs } = figuresSpan[window];
  // Stretches begin at whole ones, so that what is drawn does not wander.
  const lastMs = Math.floor(untilMs / stepMs) * stepMs;
  const sinceMs = lastMs - ms + stepMs;
  const length = ms / stepMs;
  const slot = (atMs: number) => Math.floor((atMs - sinceMs) / stepMs);
  const within = notes.filter(({ atMs }) => atMs >= sinceMs && atMs <= untilMs);
  const count = (moments: readonly number[]): number[] => {
    const counts = new Array<number>(length).fill(0);
    for (const at of moments) counts[slot(at)] = (counts[slot(at)] ?? 0) + 1;
    return counts;
  };
  return {
    since: new Date(Math.max(sinceMs, fromMs)).toISOString(),
    until: new Date(untilMs).toISOString(),
    stepMs,
    events: within.reduce((sum, { times = 1 }) => sum + times, 0),
    eventsOver: eventsOver(within, slot, length),
    agents: agentsOf(within, count),
    endpoints: endpointsOf(within, { count, slot, length, sinceMs, stepMs, untilMs }),
  };
};

const eventsOver = (within: readonly Noted[], slot: (atMs: number) => number, length: number): number[] => {
  const counts = new Array<number>(length).fill(0);
  for (const { atMs, times = 1 } of within) counts[slot(atMs)] = (counts[slot(atMs)] ?? 0) + times;
  return counts;
};

const grouped = <T>(items: readonly T[], name: (item: T) => string): [string, [T, ...T[]]][] => {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(name(item));
    if (group) group.push(item);
    else groups.set(name(item), [item]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
};

const agentsOf = (within: readonly Noted[], count: (moments: readonly number[]) => number[]): AgentFigures[] => {
  const ends = within.flatMap(({ atMs, end }) => (end ? [{ atMs, ...end }] : []));
  return grouped(ends, ({ agent }) => agent).map(([agent, own]) => {
    const good = own.filter(({ how }) => how === 'good');
    const bad = own.filter(({ how }) => how !== 'good');
    const last = bad.at(-1);
    return {
      agent,
      good: good.length,
      failed: bad.filter(({ how }) => how === 'failed').length,
      lost: bad.filter(({ how }) => how === 'lost').length,
      goodOver: count(good.map(({ atMs }) => atMs)),
      badOver: count(bad.map(({ atMs }) => atMs)),
      last: last
        ? {
            at: last.event.at,
            type: last.event.type,
            text: last.text,
            eventId: last.event.id,
            correlationId: last.event.correlationId,
          }
        : null,
    };
  });
};

type Axis = {
  readonly count: (moments: readonly number[]) => number[];
  readonly slot: (atMs: number) => number;
  readonly length: number;
  readonly sinceMs: number;
  readonly stepMs: number;
  readonly untilMs: number;
};

const endpointsOf = (within: readonly Noted[], axis: Axis): EndpointFigures[] => {
  const calls = within.flatMap(({ atMs, call }) => (call ? [{ atMs, ...call }] : []));
  const limits = within.flatMap(({ limited }) => limited ?? []);
  return grouped(calls, ({ endpoint }) => endpoint).map(([, own]) => {
    const { provider, model, box, destination } = own[own.length - 1] ?? own[0];
    const good = own.filter(({ ok }) => ok);
    const bad = own.filter(({ ok }) => !ok);
    const over = (value: (call: (typeof own)[number]) => number | null | undefined): (number | null)[] => {
      const values = Array.from({ length: axis.length }, (): number[] => []);
      for (const call of good) {
        const it = value(call);
        if (it !== null && it !== undefined) values[axis.slot(call.atMs)]?.push(it);
      }
      return values.map((it) => quantile(it, 0.5));
    };
    const all = (value: (call: (typeof own)[number]) => number | null | undefined): number[] =>
      good.flatMap((call) => value(call) ?? []);
    return {
      provider,
      model,
      box,
      destination,
      calls: own.length,
      failed: bad.length,
      limited: limits.filter((it) => it === `${provider} ${model}`).length,
      p50Ms: quantile(
        all(({ totalMs }) => totalMs),
        0.5,
      ),
      p95Ms: quantile(
        all(({ totalMs }) => totalMs),
        0.95,
      ),
      firstTokenMs: quantile(
        all(({ firstTokenMs }) => firstTokenMs),
        0.5,
      ),
      queuedMs: quantile(
        all(({ queuedMs }) => queuedMs),
        0.5,
      ),
      tokensPerS: quantile(
        all(({ tokensPerS }) => tokensPerS),
        0.5,
      ),
      callsOver: axis.count(own.map(({ atMs }) => atMs)),
      failedOver: axis.count(bad.map(({ atMs }) => atMs)),
      msOver: over(({ totalMs }) => totalMs),
      queuedOver: over(({ queuedMs }) => queuedMs),
      runningOver: runningOver(own, axis),
    };
  });
};

/** How many calls ran at once in each stretch, on average: the time that they took there, divided by its length. */
const runningOver = (
  calls: readonly { readonly atMs: number; readonly totalMs: number }[],
  { length, sinceMs, stepMs, untilMs }: Axis,
): (number | null)[] => {
  const busy = new Array<number>(length).fill(0);
  for (const { atMs, totalMs } of calls)
    for (
      let from = Math.max(sinceMs, atMs - totalMs), at = Math.floor((from - sinceMs) / stepMs);
      from < atMs && at < length;
      at += 1
    ) {
      const to = Math.min(atMs, sinceMs + (at + 1) * stepMs);
      busy[at] = (busy[at] ?? 0) + to - from;
      from = to;
    }
  return busy.map((ms, at) => {
    const long = Math.min(untilMs - (sinceMs + at * stepMs), stepMs);
    return long <= 0 ? null : Math.round((ms / long) * 100) / 100;
  });
};

/** The value below which this share of the values lies; null of none. */
const quantile = (values: readonly number[], share: number): number | null => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
};
