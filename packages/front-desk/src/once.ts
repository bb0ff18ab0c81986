import { derivedId } from '@hive/bus';
import type { Store } from '@hive/core-db';
import { hasCode } from '@hive/errors';
import type { HiveEvent } from '@hive/events';

/** Ids of commands with a key of their own are derived from it; their time says nothing. */
const ofKeys = '00000000-0000-7000-8000-000000000000';

/** The id of the command that makes something under a caller's key. */
export const idOfKey = (verb: string, key: string): string => derivedId(ofKeys, `${verb} ${key}`);

/** The first event that a command recorded, by its id as the bus derives it; null when it was not recorded. */
export const firstOf = (store: Pick<Store, 'event'>, idFrom: string): Promise<HiveEvent | null> =>
  store.event(derivedId(idFrom, 'command 0'));

/** Makes something once: who repeats the command, be it at the same moment, is answered with what `before` finds of it. */
export const makeOnce = async <T>({
  before,
  make,
}: {
  readonly before: () => Promise<T | null>;
  readonly make: () => Promise<T>;
}): Promise<T> => {
  const known = await before();
  if (known !== null) return known;
  try {
    return await make();
  } catch (error) {
    const winner = hasCode(error, 'event.id_reused') ? await before() : null;
    if (winner !== null) return winner;
    throw error;
  }
};
