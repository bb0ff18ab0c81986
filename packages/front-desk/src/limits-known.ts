import type { Store } from '@hive/core-db';
import type { Desk, LimitsView } from '@hive/events';

const many = 1000;

/** What was last told of each limit of each provider, the fullest first. */
export const createLimits =
  (store: Store): Desk['limits'] =>
  async () => {
    const heads = await store.listHeads({ kind: 'limit', limit: many });
    return heads
      .flatMap(({ id, view }) => Object.values(view as LimitsView).map((it) => ({ of: id, ...it }))) // heads of kind limit
      .sort((a, b) => Number(b.hit) - Number(a.hit) || (b.usedShare ?? -1) - (a.usedShare ?? -1));
  };
