/** What was measured of a model on a box. Speeds in tokens and bytes per second; null: never measured. `calls`: of how many. */
export type Facts = {
  readonly calls: number;
  readonly decodeTps: number | null;
  readonly prefillTps: number | null;
  readonly loadBytesPerS: number | null;
};

/** What one call has shown; null where it said nothing. */
export type Measured = {
  readonly decodeTps: number | null;
  readonly prefillTps: number | null;
  readonly loadBytesPerS: number | null;
};

/** Speeds that a prediction is made with. */
export type Speeds = { readonly decodeTps: number; readonly prefillTps: number; readonly loadBytesPerS: number };

const alpha = 0.2;
/** Fewer calls than this are a hint only. */
export const fewCalls = 3;

const blend = (before: number | null, now: number | null): number | null =>
  now === null || !(now > 0) || !Number.isFinite(now)
    ? before
    : before === null
      ? now
      : before + alpha * (now - before);

/** The facts after one more call: a moving average, in which the last five calls weigh two thirds. */
export const learn = (facts: Facts | undefined, measured: Measured): Facts => ({
  calls: (facts?.calls ?? 0) + 1,
  decodeTps: blend(facts?.decodeTps ?? null, measured.decodeTps),
  prefillTps: blend(facts?.prefillTps ?? null, measured.prefillTps),
  loadBytesPerS: blend(facts?.loadBytesPerS ?? null, measured.loadBytesPerS),
});

/** A guess by size: what moves its weights through ordinary graphics memory for each token. */
const prior = (size: number): Speeds => ({
  decodeTps: Math.min(120, Math.max(2, 400e9 / Math.max(size, 1e9))),
  prefillTps: Math.min(3000, Math.max(50, 8e12 / Math.max(size, 1e9))),
  loadBytesPerS: 1e9,
});

/**
 * Speeds for a prediction: what was measured, and a guess by the model's size where nothing was; between them while there are few calls.
 * `onGpu` is the part of a loaded model that is in graphics memory: what runs on the processor is some ten times as slow.
 */
export const speedsOf = (
  facts: Facts | undefined,
  { size, onGpu = 1 }: { readonly size: number; readonly onGpu?: number },
): Speeds => {
  const guess = prior(size);
  const trust = Math.min(facts?.calls ?? 0, fewCalls) / fewCalls;
  const slow = onGpu + (1 - onGpu) / 10;
  const mixed = (measured: number | null | undefined, guessed: number) =>
    measured === null || measured === undefined ? guessed : trust * measured + (1 - trust) * guessed;
  return {
    decodeTps: mixed(facts?.decodeTps, guess.decodeTps * slow),
    prefillTps: mixed(facts?.prefillTps, guess.prefillTps * slow),
    loadBytesPerS: mixed(facts?.loadBytesPerS, guess.loadBytesPerS),
  };
};

/** So many answers tell how long the next one will be. */
export const lastOutputs = 20;

/** How many tokens an answer is expected to have: the median of the last ones of its kind, else half of what it may have. */
export const expectedOutput = (lastOnes: readonly number[], maxTokens: number): number => {
  const known = lastOnes.slice(-lastOutputs).toSorted((a, b) => a - b);
  const middle = known[Math.floor(known.length / 2)];
  return Math.min(maxTokens, middle ?? Math.ceil(maxTokens / 2));
};
