/** The value below which this share of the values lies (nearest rank). NaN of nothing. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
};

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** A round counts when the commit latencies before its runs lie within this factor of each other. */
const steadyWithin = 2;

/** True when the disk was as fast before each run of a round as before the others. */
export const isSteady = (latencies: readonly number[]): boolean =>
  latencies.length === 0 || Math.max(...latencies) <= steadyWithin * Math.min(...latencies);
