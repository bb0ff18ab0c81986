import { HiveError } from '@hive/errors';
import { matchesTypes, type Desk, type HiveEvent } from '@hive/events';

/** A log of made-up events that can be read and followed as a desk's, and counts who follows it. */
export const logInMemory = (count = 0) => {
  const log: HiveEvent[] = [];
  let wake = Promise.withResolvers<void>();
  let broken = false;
  let held = Infinity;
  const state = { followers: 0, pages: 0 };

  const append = (many = 1, more: { readonly type?: string; readonly text?: string; readonly trace?: string } = {}) => {
    for (let n = 0; n < many; n++) {
      const position = (log.at(-1)?.position ?? 0) + 1;
      log.push({
        id: `e${position}`,
        position,
        type: more.type ?? 'task.ready',
        correlationId: more.trace ?? 'a',
        data: { text: more.text ?? '' },
      } as unknown as HiveEvent);
    }
    const woken = wake;
    wake = Promise.withResolvers();
    woken.resolve();
  };
  append(count);

  const indexAfter = (after: number): number => {
    if (after === 0) return 0;
    const index = log.findIndex(({ position }) => position === after);
    if (index < 0) throw new HiveError('cursor.unknown', `There is no event at position ${after}`);
    return index + 1;
  };

  const desk: Pick<Desk, 'events' | 'follow'> = {
    events: async ({ after, until, types, correlationId, newest, limit = 50 } = {}) => {
      state.pages += 1;
      const end = until === undefined ? log.length : indexAfter(until);
      const rest = (newest ? log.toReversed() : log.slice(indexAfter(after ?? 0), end)).filter(
        (event) =>
          (types === undefined || matchesTypes(event.type, types)) &&
          (correlationId === undefined || event.correlationId === correlationId),
      );
      const items = rest.slice(0, limit);
      return { items, next: rest.length > limit ? String(items.at(-1)?.position) : null };
    },
    follow: async function* ({ after = 0 }, signal) {
      const gone = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => gone.resolve());
      state.followers += 1;
      try {
        for (let index = indexAfter(after); !signal.aborted;) {
          if (broken) throw new Error('the store is gone');
          const waiting = wake.promise;
          const event = index < held ? log[index] : undefined;
          if (event) {
            index += 1;
            yield event;
          } else await Promise.race([waiting, gone.promise]);
        }
      } finally {
        state.followers -= 1;
      }
    },
  };

  return {
    desk: desk as Desk, // only what is read of the log is asked
    state,
    append,
    /** Whoever follows is told nothing more for now, as when its process has other things to do; reading goes on. */
    hold: () => {
      held = log.length;
    },
    release: () => {
      held = Infinity;
      append(0);
    },
    /** From now on it cannot be followed, or it can again. */
    setBroken: (value: boolean) => {
      broken = value;
      append(0);
    },
  };
};
