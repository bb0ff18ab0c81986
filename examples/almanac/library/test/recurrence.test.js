import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainDate, toIso } from '../src/plain-date.js';
import { occurrences } from '../src/recurrence.js';

const series = (start, rule) => occurrences(start, rule).map(toIso);

test('a series begins with its first date and ends by count', () => {
  assert.deepEqual(series(plainDate(2024, 2, 28), { every: 'day', count: 3 }), [
    '2024-02-28',
    '2024-02-29',
    '2024-03-01',
  ]);
});

test('an end belongs to the series', () => {
  const rule = { every: 'week', interval: 2, until: plainDate(2024, 1, 29) };
  assert.deepEqual(series(plainDate(2024, 1, 1), rule), ['2024-01-01', '2024-01-15', '2024-01-29']);
});

test('months and years keep the day', () => {
  assert.deepEqual(series(plainDate(2024, 11, 15), { every: 'month', count: 3 }), [
    '2024-11-15',
    '2024-12-15',
    '2025-01-15',
  ]);
  assert.deepEqual(series(plainDate(2024, 3, 1), { every: 'year', interval: 2, count: 2 }), [
    '2024-03-01',
    '2026-03-01',
  ]);
});

test('a series that ends before it begins is empty', () => {
  assert.deepEqual(series(plainDate(2024, 1, 2), { every: 'day', until: plainDate(2024, 1, 1) }), []);
});

test('a rule without end, interval or known unit is refused', () => {
  const start = plainDate(2024, 1, 1);
  assert.throws(() => occurrences(start, { every: 'day' }), /a count or an end/);
  assert.throws(() => occurrences(start, { every: 'day', interval: 0, count: 1 }), /not an interval: 0/);
  assert.throws(() => occurrences(start, { every: 'moon', count: 1 }), /cannot repeat every "moon"/);
});
