import { none } from './subject-bars.ts';
import type { TraceStore } from './trace-store.ts';

/**
 * The rows that the end had to wait for: from the last event back over its causes to the root. A task that needs several others is made ready by
 * the one that came last, so the chain of causes is the longest one by itself.
 */
export const criticalPath = (store: TraceStore): ReadonlySet<number> => {
  let last = -1;
  for (let row = 0; row < store.rows; row += 1)
    if (last < 0 || (store.position[row] as number) > (store.position[last] as number)) last = row;
  const path = new Set<number>();
  for (let row = last; row >= 0 && row !== none; row = store.cause[row] as number) path.add(row);
  return path;
};
