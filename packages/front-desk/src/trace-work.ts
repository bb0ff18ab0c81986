import type { Store, TraceRow } from '@hive/core-db';
import { usageOf, type AnyCall, type TaskView, type TraceSummary } from '@hive/events';

const all = 100_000;
/** So many traces are remembered. */
const mostKnown = 1000;

type Work = Required<Pick<TraceSummary, 'agents' | 'usage'>>;

/**
 * Who worked on a trace, and what its calls took: the folds of its tasks and calls. What has got no event since it was asked for last is
 * answered from memory, so a list that is read again and again costs what has changed.
 */
export const createTraceWork = (store: Store): ((row: TraceRow) => Promise<Work>) => {
  const known = new Map<string, { readonly events: number; readonly work: Work }>();
  return async ({ correlationId, events }) => {
    const before = known.get(correlationId);
    if (before?.events === events) return before.work;
    const work = await read(store, correlationId);
    known.delete(correlationId);
    known.set(correlationId, { events, work });
    const [oldest] = known.keys();
    if (known.size > mostKnown && oldest !== undefined) known.delete(oldest);
    return work;
  };
};

const read = async (store: Store, correlationId: string): Promise<Work> => {
  const of = { correlationId, limit: all };
  const [tasks, calls] = await Promise.all([
    store.listHeads({ kind: 'task', ...of }),
    store.listHeads({ kind: 'call', ...of }),
  ]);
  const agents = new Set(tasks.flatMap(({ view }) => Object.values((view as TaskView).agents))); // heads of kind task
  return { agents: [...agents].toSorted(), usage: usageOf(calls.map(({ view }) => view as AnyCall)) }; // and of kind call
};
