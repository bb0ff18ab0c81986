import { errorTypes } from '@hive/events';
import type { Session } from '../backup/session.ts';
import type { Row, Value } from '../dialect.ts';
import type { TraceRow } from '../port.ts';
import { traceOf } from '../rows.ts';
import type { Differences } from './differences.ts';
import { insertRow } from './insert-row.ts';

const perPage = 2000;

/**
 * Counts the events of every trace anew and compares the rows of the list of traces; with `write` a row that differs is replaced. Walks both in
 * the order of the correlation ids, so that a page of each is all that is held. Answers how many traces there are.
 */
export const rebuildTraces = async (session: Session, differences: Differences, write: boolean): Promise<number> => {
  const rows = rowsOf(session);
  let row = await rows.next();
  let count = 0;
  const differ = async (key: string, says: string, trace: TraceRow | null) => {
    differences.add({ table: 'trace', key, says });
    if (!write) return;
    await session.run('delete from trace where correlation_id = ?', [key]);
    if (trace) await insertRow(session, 'trace', rowOf(trace));
  };
  const surplusUpTo = async (correlationId: string | null) => {
    for (; !row.done && (correlationId === null || row.value.correlationId < correlationId); row = await rows.next())
      await differ(row.value.correlationId, 'has a row and no events', null);
  };
  for await (const trace of tracesIn(session)) {
    count += 1;
    await surplusUpTo(trace.correlationId);
    if (row.done || row.value.correlationId !== trace.correlationId) {
      await differ(trace.correlationId, 'has events and no row', trace);
      continue;
    }
    const was = row.value;
    const differing = (Object.keys(trace) as (keyof TraceRow)[]).filter((it) => was[it] !== trace[it]);
    if (differing.length > 0) await differ(trace.correlationId, `differs in ${differing.join(', ')}`, trace);
    row = await rows.next();
  }
  await surplusUpTo(null);
  return count;
};

const rowOf = (trace: TraceRow): Readonly<Record<string, Value>> => ({
  correlation_id: trace.correlationId,
  first_at: trace.firstAt,
  last_at: trace.lastAt,
  events: trace.events,
  errors: trace.errors,
});

async function* rowsOf(session: Session): AsyncGenerator<TraceRow, null> {
  let after = '';
  for (;;) {
    const rows: readonly Row[] = await session.run(
      `select correlation_id, min(first_at) as first_at, max(last_at) as last_at, sum(events) as events, sum(errors) as errors from trace
        where correlation_id > ? group by correlation_id order by correlation_id limit ?`,
      [after, perPage],
    );
    for (const trace of rows.map(traceOf)) {
      yield trace;
      after = trace.correlationId;
    }
    if (rows.length < perPage) return null;
  }
}

/** The traces that the events tell of, in the order of their ids. */
async function* tracesIn(session: Session): AsyncGenerator<TraceRow> {
  let trace: TraceRow | null = null;
  let after: readonly [string, number] = ['', 0];
  for (;;) {
    const rows: readonly Row[] = await session.run(
      'select correlation_id, position, type, at from event where (correlation_id, position) > (?, ?) order by correlation_id, position limit ?',
      [...after, perPage],
    );
    for (const row of rows) {
      const correlationId = row['correlation_id'] as string;
      if (trace && trace.correlationId !== correlationId) yield trace;
      const before: TraceRow | null = trace?.correlationId === correlationId ? trace : null;
      trace = withEvent(before, { correlationId, type: row['type'] as string, at: row['at'] as string });
      after = [correlationId, Number(row['position'])];
    }
    if (rows.length < perPage) break;
  }
  if (trace) yield trace;
}

const withEvent = (
  before: TraceRow | null,
  { correlationId, type, at }: { readonly correlationId: string; readonly type: string; readonly at: string },
): TraceRow => ({
  correlationId,
  firstAt: before && before.firstAt < at ? before.firstAt : at,
  lastAt: before && before.lastAt > at ? before.lastAt : at,
  events: (before?.events ?? 0) + 1,
  errors: (before?.errors ?? 0) + (errorTypes.includes(type) ? 1 : 0),
});
