import type { Cursor, LimitCount, StepRow, StepState, Store } from '@hive/core-db';

/** Whoever lets steps in moves this cursor on, so that of two who looked at the same moment one begins anew. */
export const turnstile = 'limits';

/** Where a step waits that nothing but its limits may hold up. */
export const restingState = (limits: StepRow['limits']): StepState => (limits.length === 0 ? 'ready' : 'parked');

/** How many steps of each key are ready or claimed. What is counted are the steps themselves, so a place can neither leak nor be given twice. */
type Inside = Map<string, number>;

const insideOf = (counts: readonly LimitCount[]): Inside => {
  const inside: Inside = new Map();
  for (const { limits, state, count } of counts)
    if (state === 'ready' || state === 'claimed') enter(inside, limits, count);
  return inside;
};

const enter = (inside: Inside, limits: StepRow['limits'], count = 1): void => {
  for (const { key } of limits) inside.set(key, (inside.get(key) ?? 0) + count);
};

const roomUnder = (limits: StepRow['limits'], inside: Inside): number =>
  Math.min(...limits.map(({ key, max }) => Math.ceil(max - (inside.get(key) ?? 0))));

/** The limits under which steps are parked and there is room, each with how many of them may go in at most. Pure. */
export const openings = (
  counts: readonly LimitCount[],
): readonly { readonly limits: StepRow['limits']; readonly most: number }[] => {
  const inside = insideOf(counts);
  return counts
    .filter((it) => it.state === 'parked')
    .map(({ limits, count }) => ({ limits, most: Math.min(count, roomUnder(limits, inside)) }))
    .filter((it) => it.most > 0);
};

/**
 * Which parked steps may become ready: best first, as long as of each of their keys fewer than `max` are ready or claimed. `parked` need hold no
 * more than the best of each of the {@link openings}: whoever comes after those finds no room. Pure.
 */
export const admissible = (counts: readonly LimitCount[], parked: readonly StepRow[]): readonly StepRow[] => {
  const inside = insideOf(counts);
  return parked
    .toSorted((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1))
    .filter(({ limits }) => {
      const hasRoom = roomUnder(limits, inside) > 0;
      if (hasRoom) enter(inside, limits);
      return hasRoom;
    });
};

/**
 * Lets in as many parked steps as their limits allow, however many there are. Called by whoever adds or ends a step that has limits, and by the
 * queen every now and then for those that could not. Answers how many it let in.
 */
export const admit = async (store: Store): Promise<number> => {
  let from: Cursor | null = null;
  for (;;) {
    if (from === null && openings(await store.limitCounts()).length === 0) return 0;
    from = await store.subscription(turnstile, 'origin');
    const counts = await store.limitCounts();
    const parked: StepRow[] = [];
    for (const { limits, most } of openings(counts))
      parked.push(...(await store.steps({ limited: limits, states: ['parked'], limit: most })));
    const steps = admissible(counts, parked);
    if (steps.length === 0) return 0;
    const { status } = await store.write({
      events: [],
      heads: [],
      changeSteps: steps.map(({ id, token }) => ({ id, expect: { state: 'parked', token }, set: { state: 'ready' } })),
      cursor: { name: turnstile, from, to: { ...from, position: from.position + 1 } },
    });
    if (status !== 'written') continue;
    store.ring();
    return steps.length;
  }
};
