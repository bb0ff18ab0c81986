import { origin, type Cursor, type Store } from '@hive/core-db';

/** The place of this position, or of the nearest before it that has an event: numbers may be missing. */
export const placeAt = async (store: Store, position: number): Promise<Cursor> => {
  for (let at = position; at > 0; at -= 1) {
    const cursor = await store.cursorAt(at);
    if (cursor) return cursor;
  }
  return origin;
};

/** When the first event after a position was recorded, in milliseconds since 1970; null when there is none. */
export const timeAfter = async (store: Store, position: number): Promise<number | null> => {
  const { events } = await store.events({ after: await placeAt(store, position), limit: 1 });
  return events[0] ? Date.parse(events[0].at) : null;
};

/** The position of the last event before a moment, and not below `earliest`. Found by halving, because the log has no index of times. */
export const positionBefore = async (store: Store, atMs: number, earliest = 0): Promise<number> => {
  const { position: end } = await store.end();
  let [low, high] = [Math.min(earliest, end), end];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const foundMs = await timeAfter(store, middle);
    if (foundMs !== null && foundMs < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
};
