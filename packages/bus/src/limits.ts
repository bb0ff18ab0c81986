import type { Cursor, StepRow, StepState, Store } from '@hive/core-db';

const all = 10_000;

/** Whoever lets steps in moves this cursor on, so that of two who looked at the same moment one begins anew. */
export const turnstile = 'limits';

/** Where a step waits that nothing but its limits may hold up. */
export const restingState = (limits: StepRow['limits']): StepState => (limits.length === 0 ? 'ready' : 'parked');

/**
 * Which parked steps may become ready: best first, as long as of each of their keys fewer than `max` are ready or claimed. What is counted are
 * the steps themselves, so a place can neither leak nor be given twice. Pure.
 */
export const admissible = (open: readonly StepRow[]): readonly StepRow[] => {
  const inside = new Map<string, number>();
  const enter = (step: StepRow) => {
    for (const { key } of step.limits) inside.set(key, (inside.get(key) ?? 0) + 1);
  };
  for (const step of open) if (step.state === 'ready' || step.state === 'claimed') enter(step);
  const parked = open.filter((it) => it.state === 'parked');
  return parked
    .toSorted((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1))
    .filter((step) => {
      const hasRoom = step.limits.every(({ key, max }) => (inside.get(key) ?? 0) < max);
      if (hasRoom) enter(step);
      return hasRoom;
    });
};

/**
 * Lets in as many parked steps as their limits allow. Called by whoever adds or ends a step that has limits, and by the queen every now and then
 * for those that could not. Answers how many it let in.
 */
export const admit = async (store: Store): Promise<number> => {
  let from: Cursor | null = null;
  for (;;) {
    if (from === null && (await store.steps({ limited: true, states: ['parked'], limit: 1 })).length === 0) return 0;
    from = await store.subscription(turnstile, 'origin');
    const steps = admissible(await store.steps({ limited: true, limit: all }));
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
