import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainDate, toIso } from '../src/plain-date.js';
import { mondayOfWeek, weekOf, weeksInYear } from '../src/week.js';

test('a date in the middle of a year has the week of its Thursday', () => {
  assert.deepEqual(weekOf(plainDate(2024, 2, 9)), { year: 2024, week: 6 });
  assert.deepEqual(weekOf(plainDate(2023, 7, 16)), { year: 2023, week: 28 });
  assert.deepEqual(weekOf(plainDate(2023, 7, 17)), { year: 2023, week: 29 });
});

test('the week of 4 January is week 1', () => {
  for (const year of [2021, 2022, 2023, 2024, 2025]) assert.equal(weekOf(plainDate(year, 1, 4)).week, 1, String(year));
});

test('years that begin or end on a Thursday have 53 weeks', () => {
  assert.deepEqual(
    [2015, 2019, 2020, 2024, 2026].filter((year) => weeksInYear(year) === 53),
    [2015, 2020, 2026],
  );
});

test('a week begins on its Monday', () => {
  assert.equal(toIso(mondayOfWeek(2024, 1)), '2024-01-01');
  assert.equal(toIso(mondayOfWeek(2021, 1)), '2021-01-04');
  assert.equal(toIso(mondayOfWeek(2020, 53)), '2020-12-28');
});

test('a week that the year does not have is refused', () => {
  assert.throws(() => mondayOfWeek(2024, 53), RangeError);
  assert.throws(() => mondayOfWeek(2024, 0), RangeError);
});
