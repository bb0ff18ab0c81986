import { setTimeout as sleep } from 'node:timers/promises';
import { isBusy } from './errors.ts';

const giveUpAfterMs = 10_000;

/**
 * Does something that needs the lock of the file, again and again while another process holds it, and gives up after ten seconds with
 * the error of SQLite. Waiting here leaves the event loop free and gives each process the same chance; SQLite's own waiting does neither.
 */
export const whileBusy = async <T>(act: () => T): Promise<T> => {
  const deadline = performance.now() + giveUpAfterMs;
  for (;;) {
    try {
      return act();
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
    }
    await sleep(0.3 + Math.random() * 1.7);
  }
};
