/** A row that is not what the events say. */
export type Difference = {
  readonly table: 'stream_head' | 'trace' | 'step';
  readonly key: string;
  readonly says: string;
};

/** So many are named; all are counted. */
const mostNamed = 20;

/** Collects differences, and counts the rows that were compared. */
export type Differences = {
  readonly add: (difference: Difference) => void;
  readonly named: readonly Difference[];
  readonly count: () => number;
};

export const createDifferences = (): Differences => {
  const named: Difference[] = [];
  let count = 0;
  return {
    add: (difference) => {
      count += 1;
      if (named.length < mostNamed) named.push(difference);
    },
    named,
    count: () => count,
  };
};
