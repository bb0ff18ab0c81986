import type { Cursor, Store, StoredEvent } from '@hive/core-db';
import { createColumns, traceRow, upcast, type HiveEvent, type TraceColumns, type TraceRow } from '@hive/events';

/** Rows that are held at once: what is made of a few is garbage before anything has to be moved for it. */
const atOnce = 1000;

/** A part of a trace as columns: at most `limit` events after a place. No event is made whole for it. */
export const readColumns = async (
  store: Store,
  { correlationId, after, limit }: { readonly correlationId: string; readonly after: Cursor; readonly limit: number },
): Promise<TraceColumns> => {
  const columns = createColumns(correlationId);
  let last: StoredEvent | undefined;
  for (let from = after, left = limit; ;) {
    // One more than is taken tells whether that was all.
    const taken = Math.min(left, atOnce);
    const found = await store.storedEvents({ correlationId, after: from, limit: taken + 1 });
    for (let n = 0; n < Math.min(taken, found.length); n += 1) columns.add(rowOf((last = found[n] as StoredEvent)));
    left -= taken;
    const goesOn = found.length > taken;
    if (!goesOn || left === 0 || last === undefined) {
      const positions = await store.positions(correlationId, columns.outside());
      return columns.end({
        next: goesOn && last ? String(last.position) : null,
        positionOf: (id) => positions.get(id),
      });
    }
    from = { xid: last.xid, position: last.position };
  }
};

/** What else an event has, its trace and its version, is in no row. */
const rowOf = (stored: StoredEvent): TraceRow => {
  const { id, position, stream, causationId, actor, at } = stored;
  const { type, data } = upcast({ type: stored.type, data: JSON.parse(stored.data) as unknown });
  return traceRow({ id, position, type, stream, causationId, actor, at, data } as HiveEvent);
};
