import type { EventQuery, LoggedEvent, Store } from '@hive/core-db';
import type { Result } from '@hive/events';
import { differences, type Expected } from '../example/expected.ts';
import { changedIn, readCheckout, type Checkout } from './checkout.ts';
import { countEvents, type Blows, type EventCounts } from './count-events.ts';
import { countInGit } from './git-counts.ts';

/** What came of a run, counted from the log and from git. The lists name offenders; all of them have to be empty. */
export type Audit = Omit<EventCounts, 'workflows'> & {
  /** Accepted and not there, or not ended as without any kill. */
  readonly lost: readonly string[];
  /** Of the repositories themselves, where somebody was in the middle of something: what is not as they left it. */
  readonly touched: readonly string[];
};

/** A workflow that was accepted (its answer was read), its repository before, and what came of it; null when the front desk does not know it. */
export type Accepted = {
  readonly id: string;
  readonly repo: string;
  readonly before: Checkout;
  readonly expected: readonly Expected[];
  readonly result: Result | null;
};

const pageSize = 1000;

/** Looks at everything that a run left. `keys` is how many workflows were asked for. */
export const audit = async (
  store: Store,
  accepted: readonly Accepted[],
  { keys, ...blows }: Blows & { readonly keys: number },
): Promise<Audit> => {
  const { workflows, ...counts } = await countEvents(allEvents(store), blows);
  const each = await Promise.all(accepted.map(auditOne));
  return {
    ...counts,
    lost: each.flatMap((it) => it.lost),
    touched: each.flatMap((it) => it.touched),
    doubled: [
      ...counts.doubled,
      ...(workflows > keys ? [`${workflows} workflows came of ${keys} keys`] : []),
      ...each.flatMap((it) => it.doubled),
    ],
  };
};

const auditOne = async ({ id, repo, before, expected, result }: Accepted) => {
  const named = (what: string) => `${id} ${what}`;
  const touched = changedIn(before, await readCheckout(repo)).map(named);
  if (result === null) return { lost: [`workflow ${id} was accepted and is not there`], doubled: [], touched };
  const inGit = await countInGit(repo, result);
  return {
    lost: [...differences(result, expected), ...inGit.lost].map(named),
    doubled: inGit.doubled.map(named),
    touched,
  };
};

async function* allEvents(store: Store): AsyncGenerator<LoggedEvent> {
  for (let query: EventQuery | null = { limit: pageSize }; query !== null;) {
    const { events }: { readonly events: readonly LoggedEvent[] } = await store.events(query);
    yield* events;
    const last = events.at(-1);
    query = last ? { after: last.cursor, limit: pageSize } : null;
  }
}
