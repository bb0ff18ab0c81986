import { expect, test } from 'vitest';
import type { Row } from './row.ts';
import type { Run } from './run-row.ts';
import { isSteady, median, percentile } from './statistics.ts';
import { judge, summariesOf } from './verdict.ts';

const row: Row = {
  name: 'drain',
  about: '',
  database: 'postgres',
  variants: ['hive', 'slow', 'fast'],
  units: { rate: 'tasks/s' },
  limitMs: 1,
  targets: [],
  measure: () => Promise.resolve({}),
};
const run = (variant: string, rate: number | null): Run => ({
  variant,
  commitMs: 1,
  load: 0,
  figures: rate === null ? null : { rate },
  error: rate === null ? 'it fell over' : null,
});
const summaries = (...rounds: (readonly (number | null)[])[]) =>
  summariesOf(row, {
    rounds: rounds.map((rates) => rates.map((rate, i) => run(row.variants[i] ?? '', rate))),
    discarded: 0,
    unsteady: 0,
  });
const why = () => 'it fell over';

test('percentiles are values that were measured', () => {
  expect([0.5, 0.99, 1].map((share) => percentile([3, 1, 2, 4], share))).toEqual([2, 4, 4]);
  expect(median([5, 1, 3])).toBe(3);
  expect(percentile([], 0.5)).toBeNaN();
});

test('a round is steady while its commit latencies are within twice of each other', () => {
  expect(isSteady([0.3, 0.6])).toBe(true);
  expect(isSteady([0.3, 0.61])).toBe(false);
});

test('where more is better, the ratio is taken of the fastest peer', () => {
  const found = summaries([120, 50, 100], [130, 60, 90], [90, 55, 110]);
  const target = { figure: 'rate', of: 'hive', against: ['slow', 'fast'], atLeast: 1.15, stretch: 1.5 };
  expect(judge(target, found, why)).toMatchObject({ value: 1.2, best: 'fast', reached: true, stretched: false });
});

test('where less is better, the ratio is taken of the peer with the least', () => {
  const found = summaries([6, 20, 10]);
  const target = { figure: 'rate', of: 'hive', against: ['slow', 'fast'], atMost: 0.5 };
  expect(judge(target, found, why)).toMatchObject({ value: 0.6, best: 'fast', reached: false });
});

test('a peer that could not be measured leaves the target open and says why', () => {
  const found = summaries([6, 20, null]);
  const target = { figure: 'rate', of: 'hive', against: ['slow', 'fast'], atMost: 0.5 };
  expect(judge(target, found, why)).toMatchObject({ reached: null, why: 'fast: it fell over' });
});
