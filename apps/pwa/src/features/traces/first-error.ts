import type { TraceStore } from './waterfall/trace-store.ts';

type Looked = { readonly upTo: number; readonly row: number };

const looked = new WeakMap<TraceStore, Looked>();

/** The first row that tells of something gone wrong, in the order of the log; -1 where there is none. Each row is looked at once. */
export const firstError = (store: TraceStore): number => {
  const before = looked.get(store) ?? { upTo: 0, row: -1 };
  let { row } = before;
  for (let at = before.upTo; at < store.rows; at += 1)
    if (store.isError(at) && (row < 0 || (store.position[at] as number) < (store.position[row] as number))) row = at;
  looked.set(store, { upTo: store.rows, row });
  return row;
};
