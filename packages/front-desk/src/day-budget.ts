import { createLedger, dayOf, shareOf, type Bus } from '@hive/bus';
import type { HiveConfig } from '@hive/config';
import type { Desk } from '@hive/events';

/**
 * This is asked for again and again beside everything else that a desk answers: little is read again with each look, and in pieces of about two
 * milliseconds. A call that is recorded longer than this after its beginning by its own machine's clock is missing here until Hive is started
 * again; the limit itself is held by whoever makes calls.
 */
const reading = { settledMs: 60_000, page: 200, turn: () => new Promise<void>((turn) => void setImmediate(turn)) };

/** What calls to models took today, beside the limit that hive.yaml sets for a day. */
export const createDayBudget = (
  { store, around }: Pick<Bus, 'store' | 'around'>,
  { budgets }: Pick<HiveConfig, 'budgets'>,
): Desk['budget'] => {
  const ledger = createLedger(store, () => around.wall(), reading);
  return async () => {
    const { day, since, resetsAt } = dayOf(around.wall());
    const limit = budgets.day ?? null;
    const { spent, open } = await ledger.read({ since });
    return {
      day,
      since: new Date(since).toISOString(),
      resetsAt: new Date(resetsAt).toISOString(),
      ...{ spent, open, limit, usedShare: limit === null ? null : shareOf(spent, limit) },
    };
  };
};
