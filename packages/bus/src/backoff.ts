const firstMs = 250;
const capMs = 60_000;

/**
 * How long to wait before the next attempt, in milliseconds: exponential with full jitter and a cap
 * (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/). `random` is in [0, 1).
 */
export const backoffMs = (failures: number, random: number): number =>
  Math.round(Math.min(capMs, firstMs * 2 ** Math.min(failures, 16)) * random);

const awayFirstMs = 200;
const awayCapMs = 2_000;

/** How long to wait before asking a store again that is away, in milliseconds: many ask at once, and all want to be back within seconds. */
export const awayMs = (failures: number, random: number): number =>
  Math.round(Math.min(awayCapMs, awayFirstMs * 2 ** Math.min(failures, 16)) * random);
