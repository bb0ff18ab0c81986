import type { Page } from '@hive/events';

const defaultLimit = 50;
const maxLimit = 500;

/** How many items a page has: what was asked for, within bounds. */
export const pageLimit = (limit: number | undefined): number =>
  Math.min(Math.max(Math.trunc(limit ?? defaultLimit), 1), maxLimit);

/** A page of rows of which one more than `limit` was read, to know whether it goes on. */
export const pageOf = <R, T>(
  rows: readonly R[],
  limit: number,
  { key, item }: { readonly key: (row: R) => string; readonly item: (row: R) => T },
): Page<T> => {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(item), next: rows.length > limit && last !== undefined ? key(last) : null };
};
