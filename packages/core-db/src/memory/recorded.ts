import type { Write, WriteResult } from '../port.ts';
import { contentOf, idTaken, toldBy } from '../write-rules.ts';
import type { Tables } from './tables.ts';

/** Whether the events of a write are in the log already; the rules are those of `recordedScript`. */
export const recordedIn = (tables: Tables, write: Write): WriteResult | null => {
  const told = toldBy(write);
  const found = told.map((it) => tables.eventById.get(it.id));
  if (found.every((it) => it === undefined)) return null;
  const other = told.find((it, i) => {
    const kept = found[i];
    return kept === undefined || contentOf(kept) !== contentOf(it);
  });
  if (!other) return { status: 'repeated' };
  const { cursor } = write;
  if (cursor) {
    const at = tables.cursors.get(cursor.name);
    if (at?.xid !== cursor.from.xid || at.position !== cursor.from.position)
      return { status: 'cursor', which: cursor.name };
  }
  throw idTaken(other, tables.eventById.has(other.id));
};
