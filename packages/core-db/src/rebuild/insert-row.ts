import type { Session } from '../backup/session.ts';
import type { Value } from '../dialect.ts';

/** Adds one row, given by the names of its columns; the others take their defaults. */
export const insertRow = (session: Session, table: string, row: Readonly<Record<string, Value>>): Promise<void> => {
  const all = session.tables.find((it) => it.name === table)?.columns ?? [];
  const columns = all.filter((it) => Object.hasOwn(row, it.name));
  return session.insert(table, columns, [columns.map((it) => row[it.name] ?? null)]);
};
