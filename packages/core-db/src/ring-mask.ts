import { Step } from '@hive/events';

/**
 * What a ring is about: a bit for each kind of step of which there may be more to take now. Without any it only says that something was recorded,
 * which those who follow the log want to hear, and nobody who looks for work.
 */
export type RingMask = number;

/** Something was recorded, and there is no more to take than before. */
export const logRing: RingMask = 0;

/** There may be more of every kind to take. */
export const anyRing: RingMask = (1 << Step.options.length) - 1;

/** What of the system is paused, or which agent, has changed. */
export const pauseRing: RingMask = 1 << Step.options.length;

/** What of a number that somebody sent is known here. */
export const knownRing = (said: number): RingMask => said & (anyRing | pauseRing);

/** There may be more of these kinds to take. */
export const maskOf = (kinds: Iterable<Step>): RingMask => {
  let mask = 0;
  for (const kind of kinds) mask |= 1 << Step.options.indexOf(kind);
  return mask;
};
