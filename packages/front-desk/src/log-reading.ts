import type { Bus } from '@hive/bus';
import { origin, type Cursor, type LoggedEvent, type Store } from '@hive/core-db';
import { HiveError, hasCode } from '@hive/errors';
import type { Desk, EventFilter, HiveEvent, TraceSummary, WorkflowView } from '@hive/events';
import { streams } from '@hive/events';
import { findHead } from './find-id.ts';
import { pageLimit, pageOf } from './page.ts';

const pollMs = 1000;
const batch = 256;

/** How the log is read: a page of it, a trace, or all that comes. */
export const createLogReading = (bus: Bus): Pick<Desk, 'events' | 'follow' | 'trace' | 'traces'> => {
  const { store } = bus;
  return {
    events: async (filter = {}) => {
      const limit = pageLimit(filter.limit);
      const query = { ...(await queryOf(store, filter)), ...(filter.newest && { newest: true }) };
      const { events } = await store.events({ ...query, limit: limit + 1 });
      return pageOf(events, limit, { key: (event) => String(event.position), item: withoutCursor });
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
      if (events.length === 0)
        throw new HiveError('input.unknown_id', `There is no trace ${text}; hive ls shows the workflows`);
      return events;
    },

    traces: async ({ after, limit: asked } = {}) => {
      const limit = pageLimit(asked);
      const rows = await store.traces({ limit: limit + 1, ...(after !== undefined && { before: after }) });
      const { heads } = await store.heads(rows.map((row) => streams.workflow(row.correlationId)));
      return pageOf(rows, limit, {
        key: (row) => row.correlationId,
        item: (row): TraceSummary => {
          const workflow = heads.get(streams.workflow(row.correlationId))?.view as WorkflowView | undefined;
          return { ...row, goal: workflow?.submission.goal ?? null, status: workflow?.state ?? null };
        },
      });
    },
  };
};

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

const queryOf = async (store: Store, { after, types, correlationId }: EventFilter) => ({
  ...(after !== undefined && { after: await cursorOf(store, after) }),
  ...(types && types.length > 0 && { types }),
  ...(correlationId !== undefined && { correlationId }),
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
