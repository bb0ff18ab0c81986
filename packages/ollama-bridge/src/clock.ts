import type { Clock } from '@hive/llm';

/** The clock of this machine. */
export const machineClock: Clock = {
  now: () => Date.now(),
  after: (ms, then) => {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};
