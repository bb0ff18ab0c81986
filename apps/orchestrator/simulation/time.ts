/** Virtual time: what is due is done in order, and nothing takes any. */
export type Time = {
  now(): number;
  /** Does something later; answers how to call it off. */
  after(ms: number, act: () => void): () => void;
  /** Does what is due, one after the other, until nothing is left, `isOver` says so or `untilMs` has come. Answers how much was done. */
  run(untilMs: number, isOver: () => boolean): number;
};

type Entry = { readonly at: number; readonly order: number; act: (() => void) | null };

const isSooner = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** A time that begins at 0 ms. */
export const createTime = (): Time => {
  const heap: Entry[] = [];
  let now = 0;
  let order = 0;

  return {
    now: () => now,
    after: (ms, act) => {
      const entry: Entry = { at: now + Math.max(0, ms), order: order++, act };
      push(heap, entry);
      return () => void (entry.act = null);
    },
    run: (untilMs, isOver) => {
      let done = 0;
      while (!isOver()) {
        const next = pop(heap);
        if (next === undefined || next.at > untilMs) break;
        if (next.act === null) continue;
        now = next.at;
        next.act();
        settle();
        done += 1;
      }
      return done;
    },
  };
};

/**
 * Lets everything go on that waits for nothing but its turn. Node has no documented way of doing this without leaving the loop, which would
 * cost five times as much; {@link assertSettles} looks whether this one still works.
 */
export const settle = (): void => (process as unknown as { _tickCallback(): void })._tickCallback();

/** Throws where {@link settle} does nothing: within a microtask, or in a Node that has lost it. */
export const assertSettles = (): void => {
  let turns = 0;
  const chain = async () => {
    for (; turns < 100; turns++) await Promise.resolve();
  };
  void chain();
  settle();
  if (turns !== 100)
    throw new Error('promises are not settled; run this from a timer or an event, and on a Node that can');
};

/** Does something from a timer, where {@link settle} works, and answers what came of it. */
export const fromTimer = <T>(act: () => T): Promise<T> =>
  new Promise((resolve, reject) =>
    setTimeout(() => {
      try {
        resolve(act());
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    }, 0),
  );

const push = (heap: Entry[], entry: Entry): void => {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const up = (at - 1) >> 1;
    const parent = heap[up];
    if (parent === undefined || !isSooner(entry, parent)) break;
    heap[at] = parent;
    at = up;
  }
  heap[at] = entry;
};

const pop = (heap: Entry[]): Entry | undefined => {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let down = 2 * at + 1;
    const [left, right] = [heap[down], heap[down + 1]];
    if (left === undefined) break;
    let child = left;
    if (right !== undefined && isSooner(right, left)) {
      child = right;
      down += 1;
    }
    if (!isSooner(child, last)) break;
    heap[at] = child;
    at = down;
  }
  heap[at] = last;
  return first;
};
