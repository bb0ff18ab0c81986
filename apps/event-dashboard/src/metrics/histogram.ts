import type { Labels, Sample } from './exposition.ts';

/** How often something took how long. Plain JSON, so that it can be kept. `counts[i]`: as many took no longer than bucket i and longer than the one before. */
export type Histogram = { counts: number[]; sum: number; count: number };

/** An empty one for these upper bounds, in seconds and growing. */
export const emptyHistogram = (bounds: readonly number[]): Histogram => ({
  counts: bounds.map(() => 0),
  sum: 0,
  count: 0,
});

/** Counts one. */
export const observe = (histogram: Histogram, bounds: readonly number[], seconds: number): void => {
  const bucket = bounds.findIndex((bound) => seconds <= bound);
  if (bucket >= 0) histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
  histogram.sum += seconds;
  histogram.count += 1;
};

/** As Prometheus has it: each bucket holds those before it. */
export const samplesOf = (histogram: Histogram, bounds: readonly number[], labels: Labels): readonly Sample[] => {
  let below = 0;
  const buckets = bounds.map((bound, n) => {
    below += histogram.counts[n] ?? 0;
    return { suffix: '_bucket', labels: { ...labels, le: String(bound) }, value: below };
  });
  return [
    ...buckets,
    { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: histogram.count },
    { suffix: '_sum', labels, value: histogram.sum },
    { suffix: '_count', labels, value: histogram.count },
  ];
};
