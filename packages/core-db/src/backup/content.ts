import { createHash, type Hash } from 'node:crypto';
import { origin, type Cursor } from '../port.ts';
import { cursorOf } from '../rows.ts';
import type { Row, Value } from '../dialect.ts';
import type { Column, Session, Table } from './session.ts';

/** Processes that are there belong to a moment and a machine, not to the content of a store. */
const passing = new Set(['agent']);

const perPage = 1000;

/** A table as a copy has it: `columns` are those of each of its rows. */
export type Part = { readonly table: Table; readonly columns: readonly string[] };

/** A page of a table: the rows as lines of JSON, and for events the position of each. */
export type ContentPage = { readonly lines: readonly string[]; readonly positions: readonly number[] };

/** What a store consists of, in the order of a copy: the log first, then the other tables by name. */
export const partsOf = (session: Session): readonly Part[] =>
  session.tables
    .filter((table) => !passing.has(table.name))
    .map((table) => ({ table, columns: columnsOf(table) }))
    .sort((a, b) => Number(b.table.name === 'event') - Number(a.table.name === 'event'));

/**
 * The columns whose values mean the same in every database. Marks of transactions mean something in one cluster only, positions may differ
 * between databases, and the place of a subscription is kept as the id of the last event that it has looked at.
 */
const columnsOf = ({ name, columns }: Table): readonly string[] => {
  const kept = columns.filter((it) => it.kind !== 'xid' && !(isPlace(name) && it.name === 'position'));
  return [...kept.map((it) => it.name), ...(name === 'subscription' ? ['after'] : [])];
};

const isPlace = (table: string): boolean => table === 'event' || table === 'subscription';

/** The rows of a part, page by page, in an order that is the same in every database: the log's, or that of the key. */
export async function* pagesOf(session: Session, part: Part): AsyncGenerator<ContentPage> {
  const { name } = part.table;
  if (name === 'event') yield* logPages(session, part);
  else if (name === 'subscription') yield subscriptionPage(await subscriptions(session));
  else yield* keyedPages(session, part);
}

async function* logPages({ on, run }: Session, { table, columns }: Part): AsyncGenerator<ContentPage> {
  const names = columns.map((it) => `"${it}"`).join(', ');
  const picked = pick(table, columns);
  const pageAfter = (cursor: Cursor): Promise<readonly Row[]> => {
    const from = on.after(cursor);
    const page = run(
      `select cast(xid as text) as xid, position, ${names} from event where ${from.sql} order by ${on.order('forwards')} limit ${perPage}`,
      from.values,
    );
    page.catch(() => {}); // heard by whoever waits for it
    return page;
  };
  // A server reads the next page while this one is taken care of.
  for (let next: Promise<readonly Row[]> | null = pageAfter(origin); next;) {
    const rows: readonly Row[] = await next;
    const last = rows.at(-1);
    next = last && rows.length >= perPage ? pageAfter(cursorOf(last)) : null;
    const lines = rows.map((row) => JSON.stringify(picked(row)));
    if (rows.length > 0) yield { lines, positions: rows.map((it) => Number(it['position'])) };
  }
}

async function* keyedPages(session: Session, { table, columns }: Part): AsyncGenerator<ContentPage> {
  const names = columns.map((it) => `"${it}"`).join(', ');
  const key = table.key.map((it) => `"${it}"`).join(', ');
  const picked = pick(table, columns);
  // The version of the schema belongs to the program that opens the store, and its home to the place where it is.
  const kept = (row: Row): boolean => table.name !== 'meta' || (row['key'] !== 'schema' && row['key'] !== 'home');
  let after: readonly Value[] | null = null;
  for (;;) {
    const beyond: string = after ? ` where (${key}) > (${after.map(() => '?').join(', ')})` : '';
    const rows: readonly Row[] = await session.run(
      `select ${names} from "${table.name}"${beyond} order by ${key} limit ${perPage}`,
      after ?? [],
    );
    yield { lines: rows.filter(kept).map((row) => JSON.stringify(picked(row))), positions: [] };
    const last = rows.at(-1);
    if (!last || rows.length < perPage) return;
    after = table.key.map((it) => last[it] as Value);
  }
}

/** Each subscription with the last event that it has looked at; null when it stands before the first one. */
const subscriptions = async ({ on, run }: Session): Promise<readonly (readonly [string, string | null])[]> => {
  const found: [string, string | null][] = [];
  for (const row of await run('select name, xid, position from subscription order by name')) {
    const upTo = on.upTo(cursorOf(row));
    const [last] = await run(
      `select id from event where ${upTo.sql} order by ${on.order('backwards')} limit 1`,
      upTo.values,
    );
    found.push([row['name'] as string, (last?.['id'] ?? null) as string | null]);
  }
  return found;
};

const subscriptionPage = (rows: readonly (readonly [string, string | null])[]): ContentPage => ({
  lines: rows.map((row) => JSON.stringify(row)),
  positions: [],
});

/** A row as a list of plain values; numbers arrive as texts from PostgreSQL. */
const pick = (table: Table, columns: readonly string[]): ((row: Row) => readonly Value[]) => {
  const kinds = new Map(table.columns.map((it): [string, Column['kind']] => [it.name, it.kind]));
  const numeric = columns.map((it) => kinds.get(it) === 'whole' || kinds.get(it) === 'real');
  return (row) =>
    columns.map((name, at) => {
      const value = row[name] as Value;
      return value !== null && numeric[at] ? Number(value) : value;
    });
};

/** The SHA-256 of a store's content on the way: the same for equal stores, whatever their database. */
export const createContentHash = (): { part(part: Part): void; page(page: ContentPage): void; hex(): string } => {
  const hash: Hash = createHash('sha256');
  return {
    part: ({ table, columns }) => void hash.update(`${table.name} ${columns.join(' ')}\n`),
    page: ({ lines }) => void (lines.length > 0 && hash.update(`${lines.join('\n')}\n`)),
    hex: () => hash.digest('hex'),
  };
};

/** The content hash of a store as this session sees it. */
export const contentHashOf = async (session: Session): Promise<string> => {
  const hash = createContentHash();
  for (const part of partsOf(session)) {
    hash.part(part);
    for await (const page of pagesOf(session, part)) hash.page(page);
  }
  return hash.hex();
};
