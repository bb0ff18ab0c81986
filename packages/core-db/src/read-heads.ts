import { marks, type Dialect, type Read, type Row, type Value } from './dialect.ts';
import { foldStream } from '@hive/events';
import type { Head, Store } from './port.ts';
import { eventOf, eventSelect, headColumns, headOf, type KeptHead } from './rows.ts';

type HeadReads = Pick<Store, 'now' | 'heads' | 'listHeads' | 'headStates' | 'countHeads'>;

const columns = headColumns.join(', ');

/** So many streams are caught up with in one statement. */
const atOnce = 100;

/**
 * Heads whose views are folded up to their versions. Claims leave the view behind (they would have to write all of it), so what was recorded
 * since is folded on top: a handful of events at most, because every other write keeps the view.
 */
export const caughtUp = async (kept: readonly KeptHead[], read: Read): Promise<readonly Head[]> => {
  const behind = kept.filter((it) => it.viewVersion < it.version);
  if (behind.length === 0) return kept.map((it) => withView(it, it.view));
  const views = new Map(kept.map((it) => [it.stream, it.viewVersion === 0 ? null : it.view]));
  for (let from = 0; from < behind.length; from += atOnce) {
    const part = behind.slice(from, from + atOnce);
    const rows = await read(
      `select ${eventSelect} from event where ${part.map(() => '(stream = ? and version > ? and version <= ?)').join(' or ')} order by stream, version`,
      part.flatMap((it) => [it.stream, it.viewVersion, it.version]),
    );
    for (const event of rows.map(eventOf)) views.set(event.stream, foldStream(views.get(event.stream) ?? null, event));
  }
  return kept.map((it) => withView(it, views.get(it.stream)));
};

/** A kept head with its whole view. Field by field, because taking one out of an object costs more than all the others. */
export const withView = (kept: KeptHead, view: unknown): Head => ({
  stream: kept.stream,
  kind: kept.kind,
  id: kept.id,
  correlationId: kept.correlationId,
  version: kept.version,
  state: kept.state,
  lastEventId: kept.lastEventId,
  token: kept.token,
  view,
});

/** Reads the heads of streams together with the clock, which is joined so that missing streams still tell the time. */
export type ReadNamed = (streams: readonly string[]) => Promise<readonly Row[]>;

/** The statement that {@link ReadNamed} runs; `among` is the condition on `h.stream`. */
export const headsText = (on: Dialect, among: string): string =>
  `select c.now, ${headColumns.map((it) => `h.${it}`).join(', ')} from (select ${on.clock} as now) c
    left join stream_head h on h.stream ${among}`;

/** The heads among rows of {@link headsText}. */
export const keptHeads = (rows: readonly Row[]): readonly KeptHead[] =>
  rows.filter((row) => row['stream'] !== null).map(headOf);

/** How the heads of streams are read; the same statements on both databases but for `named`. */
export const createHeadReads = (read: Read, on: Dialect, named: ReadNamed): HeadReads => ({
  now: async () => (await read(`select ${on.clock} as now`))[0]?.['now'] as string,

  heads: async (streams) => {
    const heads = new Map<string, Head>();
    const rows = await named(streams);
    const kept = keptHeads(rows);
    for (const head of await caughtUp(kept, read)) heads.set(head.stream, head);
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
    return caughtUp(rows.map(headOf), read);
  },

  headStates: async (kind, correlationIds) => {
    if (correlationIds.length === 0) return [];
    const rows = await read(
      `select id, correlation_id, state from stream_head where kind = ? and correlation_id in (${marks(correlationIds.length)})`,
      [kind, ...correlationIds],
    );
    return rows.map((row) => ({
      id: row['id'] as string,
      correlationId: row['correlation_id'] as string,
      state: row['state'] as string,
    }));
  },

  countHeads: async (kind) => {
    const rows = await read('select state, count(*) as many from stream_head where kind = ? group by state', [kind]);
    return Object.fromEntries(rows.map((row) => [row['state'] as string, Number(row['many'])]));
  },
});
