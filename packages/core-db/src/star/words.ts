import { anyRing, knownRing, type RingMask } from '../ring-mask.ts';

/** What the processes of a home say to each other, a byte each. An older Hive takes every one for a ring, which harms nothing. */
export const word = {
  /** Something was written; of every kind of step there may be more to take. */
  ring: 1,
  /** To the hub: I would like to write. */
  want: 2,
  /** From the hub: it is your turn, until somebody else wants one. */
  go: 3,
  /** From the hub: somebody else wants to write; say `done` after the transaction that you are in. */
  wanted: 4,
  /** To the hub: my turn has ended. */
  done: 5,
} as const;

/** A ring that says what it is about, in its lower bits. */
const ringAbout = 0x40;

/** The word for a ring. */
export const wordOf = (about: RingMask): number => ringAbout | about;

/** What a word rings about; null when it is no ring. */
export const ringOf = (said: number): RingMask | null =>
  said === word.ring ? anyRing : (said & ringAbout) === 0 ? null : knownRing(said);
