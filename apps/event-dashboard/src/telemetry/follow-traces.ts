import { awayMs, rest, type Bus } from '@hive/bus';
import { createTraceSpans, type Span, type TraceSpans } from './spans.ts';

/** What is told about workflows; traces of processes and of the building itself are not. */
const types = ['workflow.*', 'task.*', 'model.*', 'merge.*', 'approval.*'];
/** Names the durable cursor. */
const cursorName = 'telemetry';
const pageSize = 500;
const lookMs = 5000;
/** So that many spans leave together. */
const gatherMs = 1000;
/** Traces that are remembered; of one more, the first is read again when its next event comes. */
const mostTraces = 1000;

/** How the spans of a log are handed on. */
export type TraceFollow = {
  /** Resolves when they have arrived. What fails is handed on again, for ever. */
  readonly send: (spans: readonly Span[]) => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
  readonly signal: AbortSignal;
};

/**
 * Follows the log from now on and hands on every span that ends, at least once and with the same ids when it is handed on again: the cursor moves
 * when they have arrived. Resolves when `signal` is aborted.
 */
export const followTraces = async ({ store, heard, rings, around }: Bus, follow: TraceFollow): Promise<void> => {
  const { send, onTrouble, signal } = follow;
  const traces = new Map<string, TraceSpans>();

  /** A trace that is not remembered is read from its beginning up to the event. */
  const traceOf = async (correlationId: string, before: string): Promise<TraceSpans> => {
    const known = traces.get(correlationId);
    if (known) return known;
    const trace = createTraceSpans(correlationId);
    let after;
    for (let isThere = false; !isThere;) {
      const page = await store.events({ correlationId, types, limit: pageSize, ...(after && { after }) });
      for (const event of page.events) {
        isThere ||= event.id === before;
        if (!isThere) trace.next(event);
      }
      after = page.events.at(-1)?.cursor;
      if (page.events.length < pageSize) break;
    }
    traces.set(correlationId, trace);
    if (traces.size > mostTraces) traces.delete(traces.keys().next().value ?? '');
    return trace;
  };

  const page = async (): Promise<void> => {
    const seen = rings();
    const from = await store.subscription(cursorName, 'end');
    const { events, looked } = await store.events({ after: from, types, limit: pageSize });
    const ended: Span[] = [];
    for (const event of events) {
      ended.push(...(await traceOf(event.correlationId, event.id)).next(event));
      if (/^workflow\.(completed|failed|cancelled)$/.test(event.type)) traces.delete(event.correlationId);
    }
    if (ended.length > 0) await send(ended);
    const to = events.length < pageSize ? looked : (events.at(-1)?.cursor ?? looked);
    if (to.position !== from.position || to.xid !== from.xid) {
      const { status } = await store.write({ events: [], heads: [], cursor: { name: cursorName, from, to } });
      if (status !== 'written') traces.clear(); // another process was faster
    }
    if (events.length >= pageSize) return;
    await rest(around, gatherMs, signal);
    await heard(lookMs, signal, seen);
  };

  for (let failures = 0; !signal.aborted;) {
    try {
      await page();
      failures = 0;
    } catch (error) {
      traces.clear(); // some have taken events that will be read again
      onTrouble(error);
      await rest(around, awayMs(failures++, around.random()), signal);
    }
  }
};
