import { setTimeout as delay } from 'node:timers/promises';
import { hasCode } from '@hive/errors';

const patienceMs = 10_000;
const pauseMs = 200;

/** Asks again while nobody answers: a control room that was killed is back within a second. */
export const patiently = async <T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> => {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!hasCode(error, 'hive.unreachable') || Date.now() > until || signal.aborted) throw error;
      await delay(pauseMs);
    }
  }
};
