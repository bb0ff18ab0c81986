import type { Bus } from '@hive/bus';
import { origin, type Cursor, type LoggedEvent, type Store } from '@hive/core-db';
import { HiveError, hasCode } from '@hive/errors';
import type { Desk, EventFilter, HiveEvent } from '@hive/events';
import { findHead } from './find-id.ts';
import { createListTraces } from './list-traces.ts';
import { placeAt, positionBefore } from './log-places.ts';
import { pageLimit, pageOf } from './page.ts';
import { createColumnsReader } from './read-columns.ts';

const pollMs = 1000;
const batch = 256;
/** Events in one part of a trace. More would be held in memory at once, for nothing that is seen sooner. */
const partSize = 10_000;

/** How the log is read: a page of it, a trace, or all that comes. */
export const createLogReading = (
  bus: Bus,
): Pick<Desk, 'event' | 'events' | 'follow' | 'trace' | 'traceColumns' | 'traces'> => {
  const { store } = bus;
  const readColumns = createColumnsReader(store);
  return {
    events: async (filter = {}) => {
      const limit = pageLimit(filter.limit);
      const query = {
        ...(await queryOf(store, filter)),
        ...(filter.newest && { newest: true }),
        ...(filter.until !== undefined && { upTo: await cursorOf(store, filter.until) }),
      };
      const { events } = await store.events({ ...query, ...(await boundOf(store, filter)), limit: limit + 1 });
      const within = events.filter((event) => isWithin(event, filter));
      return pageOf(within, limit, { key: (event) => String(event.position), item: withoutCursor });
    },

    follow: (filter, signal, options) => follow(bus, filter, signal, options?.onPassed),

    trace: async (text) => {
      const correlationId = await traceCalled(store, text);
      const events: HiveEvent[] = [];
      let after = origin;
      for (;;) {
        const page = await store.events({ correlationId, after, limit: 1000 });
        events.push(...page.events.map(withoutCursor));
        if (page.events.length < 1000) break;
        after = page.looked;
      }
      if (events.length === 0) throw noTrace(text);
      return events;
    },

    traceColumns: async (text, { after, limit = partSize } = {}) => {
      const correlationId = await traceCalled(store, text);
      const size = Math.min(Math.max(Math.trunc(limit), 1), partSize);
      const from = after === undefined ? origin : await cursorOf(store, after);
      const part = await readColumns({ correlationId, after: from, limit: size });
      if (part.positions.length === 0 && after === undefined) throw noTrace(text);
      return part;
    },

    event: async (id) => {
      const event = await store.event(id.toLowerCase());
      if (event) return withoutCursor(event);
      throw new HiveError('input.unknown_id', `There is no event ${id}`);
    },

    traces: createListTraces(store),
  };
};

const noTrace = (text: string): HiveError =>
  new HiveError('input.unknown_id', `There is no trace ${text}; hive ls shows the workflows`);

type Asked = NonNullable<Parameters<Desk['events']>[0]>;

const momentOf = (text: string): number => {
  const at = Date.parse(text);
  if (Number.isFinite(at)) return at;
  throw new HiveError('input.invalid', `${text} is no moment; write for example 2030-01-31T22:30:00Z`);
};

/** Where a list begins that is bounded by moments and does not go on from a place. */
const boundOf = async (store: Store, { after, newest, since, before }: Asked): Promise<{ after?: Cursor }> => {
  const bound = newest ? before : since;
  if (after !== undefined || bound === undefined) return {};
  const place = await placeAt(store, await positionBefore(store, momentOf(bound)));
  if (!newest) return { after: place };
  // Newest first goes on with what is older than a place, so it begins at the next one.
  const [next] = (await store.events({ after: place, limit: 1 })).events;
  return next ? { after: next.cursor } : {};
};

const isWithin = ({ at }: HiveEvent, { since, before }: Asked): boolean =>
  (since === undefined || Date.parse(at) >= momentOf(since)) &&
  (before === undefined || Date.parse(at) < momentOf(before));

/** A whole id may name the trace of a process; an ending is looked for among workflows. */
const traceCalled = async (store: Store, text: string): Promise<string> => {
  try {
    return (await findHead(store, 'workflow', text)).id;
  } catch (error) {
    if (!hasCode(error, 'input.unknown_id') || text.length !== 36) throw error;
    return text.toLowerCase();
  }
};

const cursorOf = async (store: Store, position: number): Promise<Cursor> => {
  const cursor = await store.cursorAt(position);
  if (cursor) return cursor;
  throw new HiveError('cursor.unknown', `There is no event at position ${position} to go on from`);
};

const queryOf = async (store: Store, { after, types, correlationId, stream }: EventFilter) => ({
  ...(after !== undefined && { after: await cursorOf(store, after) }),
  ...(types && types.length > 0 && { types }),
  ...(correlationId !== undefined && { correlationId }),
  ...(stream !== undefined && { stream }),
});

const withoutCursor = ({ cursor: _, stored: __, ...event }: LoggedEvent): HiveEvent => event;

/** One loop replays and goes on live: each page begins where the last one had looked to, so nothing is lost and nothing comes twice. */
async function* follow(
  { store, heard, rings }: Bus,
  filter: EventFilter,
  signal: AbortSignal,
  onPassed: ((position: number) => void) | undefined,
): AsyncIterable<HiveEvent> {
  const { after: from, ...query } = await queryOf(store, filter);
  let after = from ?? (await store.end());
  while (!signal.aborted) {
    const seen = rings();
    const page = await store.events({ ...query, after, limit: batch });
    for (const event of page.events) {
      if (signal.aborted) return;
      yield withoutCursor(event);
    }
    after = page.looked;
    onPassed?.(after.position);
    if (page.events.length < batch) await heard(pollMs, signal, seen);
  }
}
