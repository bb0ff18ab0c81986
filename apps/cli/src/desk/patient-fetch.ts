import { setTimeout as delay } from 'node:timers/promises';

const patienceMs = 10_000;
const pauseMs = 200;

/**
 * A fetch that knocks again while the door is closed and `isUp` says that somebody will open it: a control room that was killed is back
 * within a second. Only a refused connection is tried again, for then nothing was sent.
 */
export const patientFetch =
  (isUp: () => boolean, send: typeof fetch = fetch): typeof fetch =>
  async (input, init) => {
    for (const until = Date.now() + patienceMs; ;) {
      try {
        return await send(input, init);
      } catch (error) {
        if (!isRefused(error) || Date.now() > until || !isUp()) throw error;
        await delay(pauseMs, undefined, init?.signal ? { signal: init.signal } : {});
      }
    }
  };

const isRefused = (error: unknown): boolean => {
  const cause = error instanceof Error ? error.cause : undefined;
  const all = cause instanceof AggregateError ? (cause.errors as unknown[]) : [cause];
  return all.every((one) => (one as { code?: string } | undefined)?.code === 'ECONNREFUSED');
};
