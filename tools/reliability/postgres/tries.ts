/** What a row answers. `violations` is what must not be; the rest says what was tried. */
export type Outcome = {
  readonly runs: number;
  /** Runs that the fault met in the middle of something. */
  readonly interrupted?: number;
  readonly violations: number;
  readonly seeds?: string;
  readonly ms: number;
  readonly store: string;
  readonly notes: string;
};

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** The code of an error of Hive; of any other one its text. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && error.name === 'HiveError' && 'code' in error ? String(error.code) : String(error);

/** Waits until it holds; false when it does not in time. An answer that fails is a no. */
export const holdsWithin = async (ms: number, holds: () => Promise<boolean>): Promise<boolean> => {
  for (const end = performance.now() + ms; performance.now() < end;) {
    if (await holds().catch(() => false)) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
};

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The value below which so many of a hundred lie. */
export const percentile = (values: readonly number[], percent: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor((values.length * percent) / 100))] ?? 0;
