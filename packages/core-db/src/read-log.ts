import { marks, type Dialect, type Read, type Value } from './dialect.ts';
import { origin, type Cursor, type EventQuery, type Store } from './port.ts';
import { cursorOf, eventOf, eventSelect, storedOf, storedSelect, traceOf } from './rows.ts';
import { topicFilter } from './topic-filter.ts';

type LogReads = Pick<
  Store,
  'events' | 'event' | 'cursorAt' | 'storedEvents' | 'positions' | 'end' | 'traces' | 'subscriptions' | 'deadLetters'
>;

/** How many ids one statement is given. */
const atOnce = 500;

const notAt = ({ position }: Cursor) => ({ sql: 'position <> ?', values: [position] });

const place = 'cast(xid as text) as xid, position';

/** How the log, its cursors and its summaries are read; the same statements on both databases. */
export const createLogReads = (read: Read, on: Dialect): LogReads => {
  const end = async () => {
    const [row] = await read(
      `select ${place} from event where ${on.visible} order by ${on.order('backwards')} limit 1`,
      [],
      { often: true },
    );
    return row ? cursorOf(row) : origin;
  };

  const events = async (query: EventQuery) => {
    // The end is read first: what comes to light between the two statements belongs to the next page.
    const last = query.upTo ?? (await end());
    const after = query.newest ? origin : (query.after ?? origin);
    if (last.position === after.position && last.xid === after.xid) return { events: [], looked: last };
    const older = query.newest ? query.after : undefined;
    const bounds = [on.after(after), on.upTo(last), ...(older ? [on.upTo(older), notAt(older)] : [])];
    const where = [...bounds.map((it) => it.sql), ...(query.upTo ? [on.visible] : [])];
    const values: Value[] = bounds.flatMap((it) => it.values);
    const types = query.types ? topicFilter(query.types) : null;
    if (types) {
      where.push(types.sql);
      values.push(...types.values);
    }
    if (query.correlationId !== undefined) {
      where.push('correlation_id = ?');
      values.push(query.correlationId);
    }
    if (query.stream !== undefined) {
      where.push('stream = ?');
      values.push(query.stream);
    }
    const order = on.order(query.newest ? 'backwards' : 'forwards');
    const rows = await read(
      `select ${eventSelect} from event where ${where.join(' and ')} order by ${order} limit ?`,
      [...values, query.limit],
      // Whoever follows the log asks the same again and again.
      { often: query.after !== undefined && query.correlationId === undefined && query.stream === undefined },
    );
    const found = rows.map(eventOf);
    const full = !query.newest && found.length >= query.limit;
    return { events: found, looked: (full ? found.at(-1)?.cursor : undefined) ?? last };
  };

  return {
    end,
    events,
    event: async (id) => {
      const [row] = await read(`select ${eventSelect} from event where id = ?`, [id]);
      return row ? eventOf(row) : null;
    },
    cursorAt: async (position) => {
      if (position === 0) return origin;
      const [row] = await read(`select ${place} from event where position = ?`, [position]);
      return row ? cursorOf(row) : null;
    },
    // One statement: `visible` alone bounds it, and what comes to light meanwhile comes after what was read.
    storedEvents: async ({ correlationId, after, limit }) => {
      const { sql, values } = on.after(after);
      const rows = await read(
        `select ${storedSelect} from event where correlation_id = ? and ${sql} and ${on.visible} order by ${on.order('forwards')} limit ?`,
        [correlationId, ...values, limit],
      );
      return rows.map(storedOf);
    },
    positions: async (correlationId, ids) => {
      const found = new Map<string, number>();
      for (let from = 0; from < ids.length; from += atOnce) {
        const some = ids.slice(from, from + atOnce);
        const rows = await read(
          `select id, position from event where correlation_id = ? and id in (${marks(some.length)})`,
          [correlationId, ...some],
        );
        for (const row of rows) found.set(row['id'] as string, Number(row['position']));
      }
      return found;
    },
    // Correlation ids are uuids of version 7, so their order is the order of the beginnings.
    traces: async ({ before, ids, limit }) => {
      const where = [
        ...(before === undefined ? [] : ['correlation_id < ?']),
        ...(ids === undefined ? [] : [`correlation_id in (${marks(ids.length)})`]),
      ];
      const rows = await read(
        `select correlation_id, min(first_at) as first_at, max(last_at) as last_at, sum(events) as events, sum(errors) as errors from trace
          ${where.length === 0 ? '' : `where ${where.join(' and ')} `}group by correlation_id order by correlation_id desc limit ?`,
        [...(before === undefined ? [] : [before]), ...(ids ?? []), limit],
      );
      return rows.map(traceOf);
    },
    subscriptions: async () =>
      (await read('select name, xid, position from subscription order by name')).map((row) => ({
        name: row['name'] as string,
        cursor: cursorOf(row),
      })),
    deadLetters: async (limit) =>
      (
        await read('select subscription, event_id, error, attempts, at from dead_letter order by seq desc limit ?', [
          limit,
        ])
      ).map((row) => ({
        subscription: row['subscription'] as string,
        eventId: row['event_id'] as string,
        error: row['error'] as string,
        attempts: Number(row['attempts']),
        at: row['at'] as string,
      })),
  };
};
