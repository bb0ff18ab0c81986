/** What the processes of a home say to each other, a byte each. An older Hive takes every one for a ring, which harms nothing. */
export const word = {
  /** Something was written. */
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
