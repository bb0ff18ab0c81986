import { createLedger, dayOf, shareOf, type Bus } from '@hive/bus';
import type { HiveConfig } from '@hive/config';
import type { Desk } from '@hive/events';

/** What calls to models took today, beside the limit that hive.yaml sets for a day. */
export const createDayBudget = (
  { store, around }: Pick<Bus, 'store' | 'around'>,
  { budgets }: Pick<HiveConfig, 'budgets'>,
): Desk['budget'] => {
  const ledger = createLedger(store, () => around.wall());
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
