import type { Cursor, Store, StoredEvent } from '@hive/core-db';
import {
  createColumns,
  traceRow,
  upcast,
  type ColumnsMaker,
  type HiveEvent,
  type TraceColumns,
  type TraceRow,
} from '@hive/events';

/** Rows that are held at once: what is made of a few is garbage before anything has to be moved for it. */
const atOnce = 1000;
/** Last parts that are kept to go on with; one of 10,000 events takes some megabytes. */
const mostBegun = 4;
/** How long nobody has to ask for all of them to be let go. */
const restMs = 60_000;

/** Which part of a trace: at most `limit` events after a place. */
export type AskedPart = { readonly correlationId: string; readonly after: Cursor; readonly limit: number };

/** A part as far as it was made, and where it goes on. */
type Begun = { readonly columns: ColumnsMaker; readonly rows: number; readonly at: Cursor };

/**
 * Reads parts of traces as columns; no event is made whole for it. The last part of a trace is asked for again when more was recorded: as the log is
 * only added to, it goes on from where it was, and is the same as if it were made anew.
 */
export const createColumnsReader = (store: Store): ((part: AskedPart) => Promise<TraceColumns>) => {
  const begun = new Map<string, Begun>();
  let rest: NodeJS.Timeout | undefined;
  const keep = (key: string, part: Begun) => {
    begun.set(key, part);
    for (const oldest of begun.keys()) {
      if (begun.size <= mostBegun) break;
      begun.delete(oldest);
    }
    clearTimeout(rest);
    rest = setTimeout(() => begun.clear(), restMs);
    rest.unref();
  };
  return async (part) => {
    const key = `${part.correlationId} ${part.after.position} ${part.limit}`;
    const known = begun.get(key) ?? { columns: createColumns(part.correlationId), rows: 0, at: part.after };
    begun.delete(key); // whoever asks meanwhile begins anew: no two add to one
    const { next, ...made } = await readOn(store, part, known);
    const positions = await store.positions(part.correlationId, made.columns.outside());
    const columns = made.columns.end({ next, positionOf: (id) => positions.get(id) });
    if (next !== null) return columns;
    const copy = copyOf(columns);
    keep(key, made);
    return copy;
  };
};

/** Adds what is there by now. */
const readOn = async (
  store: Store,
  { correlationId, limit }: AskedPart,
  { columns, rows: before, at }: Begun,
): Promise<Begun & Pick<TraceColumns, 'next'>> => {
  let [rows, from] = [before, at];
  for (;;) {
    // One more than is taken tells whether that was all.
    const taken = Math.min(limit - rows, atOnce);
    const found = await store.storedEvents({ correlationId, after: from, limit: taken + 1 });
    for (let n = 0; n < Math.min(taken, found.length); n += 1) {
      const stored = found[n] as StoredEvent; // within what was found
      columns.add(rowOf(stored));
      rows += 1;
      if (n === Math.min(taken, found.length) - 1) from = { xid: stored.xid, position: stored.position };
    }
    const goesOn = found.length > taken;
    if (!goesOn || rows === limit) return { columns, rows, at: from, next: goesOn ? String(from.position) : null };
  }
};

/** What is made is added to later; what was answered stays as it was. */
const copyOf = (columns: TraceColumns): TraceColumns => ({
  ...columns,
  positions: columns.positions.slice(),
  times: columns.times.slice(),
  causes: columns.causes.slice(),
  types: columns.types.slice(),
  actors: columns.actors.slice(),
  subjects: columns.subjects.slice(),
  words: columns.words.slice(),
  steps: columns.steps.slice(),
  took: columns.took.slice(),
  flags: columns.flags.slice(),
  strings: columns.strings.slice(),
});

/** What else an event has, its trace and its version, is in no row. */
const rowOf = (stored: StoredEvent): TraceRow => {
  const { id, position, stream, causationId, actor, at } = stored;
  const { type, data } = upcast({ type: stored.type, data: JSON.parse(stored.data) as unknown });
  return traceRow({ id, position, type, stream, causationId, actor, at, data } as HiveEvent);
};
