import { newId } from './ids.ts';

/**
 * What a process has of time and chance. Whatever waits, draws or makes up an id in the bus and in the kit does so through here, so that a
 * simulation can stand in for the world and repeat it. When a lease ends is none of this: that is decided by the store's clock.
 */
export type Surroundings = {
  /** Milliseconds that only grow, whatever is done to the clock on the wall. */
  elapsed(): number;
  /** What the clock on the wall shows, in milliseconds. It may be wrong and may leap: good for a guess, never for a decision. */
  wall(): number;
  /** In [0, 1). */
  random(): number;
  newId(): string;
  /** Calls back once, after so many milliseconds; answers how to call it off. */
  after(ms: number, act: () => void): () => void;
};

/** Those of this process. */
export const machine: Surroundings = {
  elapsed: () => performance.now(),
  wall: () => Date.now(),
  random: () => Math.random(),
  newId,
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves after so many milliseconds, at once when `signal` is or gets aborted. */
export const rest = (around: Surroundings, ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      callOff();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const callOff = around.after(ms, done);
    signal?.addEventListener('abort', done);
    if (signal?.aborted) done();
  });

/** Calls again and again, the first time after so many milliseconds; answers how to stop it. */
export const repeatEvery = (around: Surroundings, ms: number, act: () => void): (() => void) => {
  let callOff = (): void => undefined;
  const next = () => {
    callOff = around.after(ms, () => {
      next();
      act();
    });
  };
  next();
  return () => callOff();
};
