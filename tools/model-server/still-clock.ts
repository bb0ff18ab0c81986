import type { Clock } from '@hive/llm';

/**
 * A clock that stands still until it is started, so that a wait is measured from the moment that a test is about and not from what a
 * busy machine needed before.
 */
export const createStillClock = (): { readonly clock: Clock; readonly start: () => void } => {
  const bornAt = Date.now();
  let startedAt: number | undefined;
  return {
    clock: {
      now: () => bornAt + (startedAt === undefined ? 0 : Date.now() - startedAt),
      after: (ms, then) => {
        const timer = setTimeout(then, ms);
        return () => clearTimeout(timer);
      },
    },
    start: () => void (startedAt ??= Date.now()),
  };
};
