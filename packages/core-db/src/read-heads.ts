import { marks, type Dialect, type Read, type Value } from './dialect.ts';
import type { Head, Store } from './port.ts';
import { headColumns, headOf } from './rows.ts';

type HeadReads = Pick<Store, 'now' | 'heads' | 'listHeads' | 'countHeads'>;

const columns = headColumns.join(', ');

/** How the heads of streams are read; the same statements on both databases. */
export const createHeadReads = (read: Read, on: Dialect): HeadReads => ({
  now: async () => (await read(`select ${on.clock} as now`))[0]?.['now'] as string,

  heads: async (streams) => {
    const heads = new Map<string, Head>();
    // The clock is joined so that an empty list and missing streams still tell the time, in one round trip.
    const rows = await read(
      `select c.now, ${headColumns.map((it) => `h.${it}`).join(', ')} from (select ${on.clock} as now) c
        left join stream_head h on h.stream in (${marks(streams.length)})`,
      streams,
    );
    for (const row of rows) if (row['stream'] !== null) heads.set(row['stream'] as string, headOf(row));
    return { heads, now: rows[0]?.['now'] as string };
  },

  listHeads: async (query) => {
    const where = ['kind = ?'];
    const values: Value[] = [query.kind];
    if (query.correlationId !== undefined) {
      where.push('correlation_id = ?');
      values.push(query.correlationId);
    }
    if (query.states) {
      where.push(`state in (${marks(query.states.length)})`);
      values.push(...query.states);
    }
    if (query.before !== undefined) {
      where.push(query.oldest ? 'id > ?' : 'id < ?');
      values.push(query.before);
    }
    if (query.ending !== undefined) {
      where.push(`id like ? escape '!'`);
      values.push(`%${query.ending.replace(/[!%_]/g, '!$&')}`);
    }
    const rows = await read(
      `select ${columns} from stream_head where ${where.join(' and ')} order by id${query.oldest ? '' : ' desc'} limit ?`,
      [...values, query.limit],
    );
    return rows.map(headOf);
  },

  countHeads: async (kind) => {
    const rows = await read('select state, count(*) as many from stream_head where kind = ? group by state', [kind]);
    return Object.fromEntries(rows.map((row) => [row['state'] as string, Number(row['many'])]));
  },
});
