import { foldStream, parseStream, resultOf, type HiveEvent, type Result, type Views } from '@hive/events';
import { treeOf, type TreeRow } from './causal-tree.ts';
import { isError } from './event-words.ts';
import { barsOf, type TaskBar } from './phases.ts';

/** A trace as it is drawn. All of it is folded from its events, so it can be made again for each one that arrives. */
export type Trace = {
  readonly correlationId: string;
  readonly events: readonly HiveEvent[];
  readonly rows: readonly TreeRow[];
  readonly bars: ReadonlyMap<string, TaskBar>;
  readonly startMs: number;
  readonly lastMs: number;
  readonly errors: number;
  /** Null for the trace of a process, and while the submission is not there. */
  readonly result: Result | null;
};

/** Known and new events as one list in log order, each once. */
export const joinEvents = (known: readonly HiveEvent[], more: readonly HiveEvent[]): readonly HiveEvent[] => {
  const ids = new Set(known.map((event) => event.id));
  const fresh = more.filter((event) => !ids.has(event.id) && ids.add(event.id));
  return fresh.length === 0 ? known : [...known, ...fresh].toSorted((a, b) => a.position - b.position);
};

const viewsOf = (events: readonly HiveEvent[]): Map<string, unknown> => {
  const views = new Map<string, unknown>();
  for (const event of events) views.set(event.stream, foldStream(views.get(event.stream) ?? null, event));
  return views;
};

const resultFrom = (events: readonly HiveEvent[]): Result | null => {
  if (events.every((event) => event.type !== 'workflow.submitted')) return null;
  const views = viewsOf(events);
  // What lies under a stream's name was folded for that stream, so the kind in the name tells the type.
  const ofKind = <K extends keyof Views>(kind: K): Views[K][] =>
    [...views].filter(([stream]) => parseStream(stream).kind === kind).map(([, view]) => view as Views[K]);
  const [workflow] = ofKind('workflow');
  if (!workflow) return null;
  return resultOf({ workflow, tasks: ofKind('task'), merge: ofKind('merge')[0] ?? null, calls: ofKind('call') });
};

/** A newer server may tell of events that this version cannot fold: then the rows are still shown. */
const tolerantResult = (events: readonly HiveEvent[]): Result | null => {
  try {
    return resultFrom(events);
  } catch {
    return null;
  }
};

/** The trace of these events, which are those of one correlation id in log order. */
export const traceOf = (events: readonly HiveEvent[]): Trace => {
  const times = events.map((event) => Date.parse(event.at));
  return {
    correlationId: events[0]?.correlationId ?? '',
    events,
    rows: treeOf(events),
    bars: barsOf(events),
    startMs: times.reduce((a, b) => Math.min(a, b), Infinity),
    lastMs: times.reduce((a, b) => Math.max(a, b), -Infinity),
    errors: events.filter(isError).length,
    result: tolerantResult(events),
  };
};

/** True while events may still come. */
export const isRunning = ({ result }: Trace): boolean =>
  result !== null && !['completed', 'failed', 'cancelled'].includes(result.status);
