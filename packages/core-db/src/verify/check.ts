import type { AuditTrail } from '../audit/read-trail.ts';
import type { Dialect, Read, Row, Statement, Value } from '../dialect.ts';

/** What a check reads from: one moment of the store, whatever is written meanwhile; and the checkpoints, where they are at hand. */
export type Snapshot = {
  readonly read: Read;
  readonly on: Dialect;
  readonly now: string;
  readonly audit?: AuditTrail | null;
  /** Where its artefacts lie; left out, they are not looked at. */
  readonly home?: string;
};

/** One invariant or a part of it. Answers what is to be said beside the verdict, or null when it cannot be checked here. */
export type Check = (snapshot: Snapshot, offenders: Offenders) => Promise<Said>;
export type Said = { readonly note?: string; readonly cannot?: true } | void;

/** Who breaks an invariant, each as one short sentence that begins with its name. At most this many are named. */
export const mostNamed = 20;

/** Collects offenders up to {@link mostNamed}. */
export type Offenders = { readonly add: (text: string) => void; readonly all: readonly string[] };

export const createOffenders = (): Offenders => {
  const all: string[] = [];
  return { add: (text) => void (all.length < mostNamed && !all.includes(text) && all.push(text)), all };
};

/** Names every row of a statement as an offender, with its trace when the row has one. */
export const nameRows = async (
  { read }: Snapshot,
  offenders: Offenders,
  sql: string,
  values: readonly Value[],
  say: (row: Row) => string,
): Promise<void> => {
  for (const row of await read(`${sql} limit ${mostNamed}`, values))
    offenders.add(`${say(row)}${ofTrace(row['trace'])}`);
};

/** ` (trace …)` where an offender belongs to one. */
export const ofTrace = (trace: unknown): string => (typeof trace === 'string' ? ` (trace ${trace})` : '');

/** The value of a column as it is said in a sentence. */
export const said = (row: Row, column: string): string => String(row[column]);

const perPage = 2000;

/**
 * All rows of a statement that is asked for page after page, each behind the last row of the one before. The next page is on its way while
 * this one is looked at, so that a server and this process work at the same time.
 */
export async function* inPages({ read }: Snapshot, after: (last: Row | null) => Statement): AsyncGenerator<Row, void> {
  const ask = (last: Row | null): Promise<readonly Row[]> => {
    const { sql, values } = after(last);
    const page = read(`${sql} limit ${perPage}`, values);
    page.catch(() => {}); // it is heard when the page is wanted
    return page;
  };
  for (let coming: Promise<readonly Row[]> | null = ask(null); coming;) {
    const rows: readonly Row[] = await coming;
    const last = rows.at(-1);
    coming = last && rows.length === perPage ? ask(last) : null;
    yield* rows;
  }
}
