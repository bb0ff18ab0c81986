import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDuration, formatDuration, parseDuration } from '../src/duration.js';
import { plainDate, toIso } from '../src/plain-date.js';

test('every unit of a duration is read', () => {
  assert.deepEqual(parseDuration('P1Y2M3W4D'), { years: 1, months: 2, weeks: 3, days: 4 });
  assert.deepEqual(parseDuration('P2W'), { years: 0, months: 0, weeks: 2, days: 0 });
});

test('a sign holds for the whole duration', () => {
  assert.deepEqual(parseDuration('-P1M10D'), { years: 0, months: -1, weeks: 0, days: -10 });
});

test('text that is no duration is refused', () => {
  for (const text of ['', 'P', '1Y', 'P1D1Y', 'P1.5Y', 'PT1H'])
    assert.throws(() => parseDuration(text), RangeError, text);
});

test('durations are said in words', () => {
  assert.equal(formatDuration(parseDuration('P1Y2D')), '1 year, 2 days');
  assert.equal(formatDuration(parseDuration('-P1M')), '-1 month');
  assert.equal(formatDuration(parseDuration('P0D')), '0 days');
});

test('weeks and days are added to a date', () => {
  assert.equal(toIso(addDuration(plainDate(2024, 2, 20), parseDuration('P1W3D'))), '2024-03-01');
  assert.equal(toIso(addDuration(plainDate(2024, 3, 1), parseDuration('-P1W3D'))), '2024-02-20');
});
