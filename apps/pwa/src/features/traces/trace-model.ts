import type { HiveEvent, Result } from '@hive/events';
import type { TraceStore } from './waterfall/trace-store.ts';

/** A trace as far as it was read. It is made again whenever more of it comes; the rows themselves stay in the one store. */
export type Trace = {
  readonly correlationId: string;
  /** Every event as a row of typed arrays, without its payload. */
  readonly store: TraceStore;
  /** That of the store when this was made. */
  readonly version: number;
  /** False while parts are still to come. */
  readonly isWhole: boolean;
  /**
   * Events with their payloads, in log order: all of a short trace; of a long one those that views are made of (`keyTypes`), and the newest that
   * came live.
   */
  readonly events: readonly HiveEvent[];
  readonly startMs: number;
  readonly lastMs: number;
  /** Null for the trace of a process. */
  readonly result: Result | null;
};

/** The kinds of events that views of any trace need whole: what was asked for, what was planned, and what was handed in. */
export const keyTypes = ['workflow.submitted', 'workflow.plan_generated', 'task.submitted'] as const;

/** What is known of a trace. */
export const traceOf = (store: TraceStore, known: Pick<Trace, 'events' | 'isWhole' | 'result'>): Trace => ({
  ...known,
  correlationId: store.correlationId,
  store,
  version: store.version,
  startMs: store.firstAt,
  lastMs: store.lastAt,
});

/** Known and new events as one list in log order, each once. */
export const joinEvents = (known: readonly HiveEvent[], more: readonly HiveEvent[]): readonly HiveEvent[] => {
  // Nearly always what comes is newer than all that is known.
  const last = known.at(-1)?.position ?? -Infinity;
  if (more.every(({ position }, n) => position > (more[n - 1]?.position ?? last)))
    return more.length === 0 ? known : [...known, ...more];
  const ids = new Set(known.map((event) => event.id));
  const fresh = more.filter((event) => !ids.has(event.id) && ids.add(event.id));
  return fresh.length === 0 ? known : [...known, ...fresh].toSorted((a, b) => a.position - b.position);
};

/** True while events may still come. */
export const isRunning = ({ result }: Trace): boolean =>
  result !== null && !['completed', 'failed', 'cancelled'].includes(result.status);
