const firstMs = 2000;
const mostMs = 60_000;

/**
 * Sends what waits, and while something still waits sends again after a pause that doubles, from two seconds to a minute. `send` answers how many wait.
 * Calling the answer sends at once; it resolves when that is over, and rejects where `send` does, which is not tried again.
 */
export const keepTrying = (send: () => Promise<number>): (() => Promise<void>) => {
  let again: ReturnType<typeof setTimeout> | undefined;
  let pauseMs = firstMs;
  const run = async (): Promise<void> => {
    clearTimeout(again);
    const left = await send();
    clearTimeout(again); // of a call meanwhile
    if (left === 0) pauseMs = firstMs;
    else {
      again = setTimeout(() => void run().catch(() => undefined), pauseMs);
      pauseMs = Math.min(mostMs, 2 * pauseMs);
    }
  };
  return run;
};
