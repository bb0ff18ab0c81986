/** So many rings within so long are many: every session that listens is woken by each of them, whatever it is about. */
const many = 5;
const withinMs = 100;

/** A ring that is left out when another one comes first. */
export type LateRing = {
  /** Notes a ring of anybody. */
  heard(): void;
  /** Whether so many are rung now that one more can wait for the next. */
  isBusy(): boolean;
  /** Rings after so long, unless somebody has rung meanwhile: whoever hears that looks later than now, and sees what is written now. */
  ring(afterMs: number): void;
  stop(): void;
};

/** `act` rings. `now` is in milliseconds. */
export const createLateRing = (act: () => void, now: () => number = () => performance.now()): LateRing => {
  const last: number[] = [];
  let waiting: NodeJS.Timeout | null = null;
  const stop = () => {
    if (waiting) clearTimeout(waiting);
    waiting = null;
  };
  return {
    heard: () => {
      stop();
      last.push(now());
      if (last.length > many) last.shift();
    },
    isBusy: () => last.length === many && now() - (last[0] ?? 0) < withinMs,
    ring: (afterMs) => {
      waiting ??= setTimeout(() => {
        waiting = null;
        act();
      }, afterMs);
    },
    stop,
  };
};
