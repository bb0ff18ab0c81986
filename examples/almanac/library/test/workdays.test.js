import assert from 'node:assert/strict';
import { test } from 'node:test';
import { germanHolidays } from '../src/holidays.js';
import { plainDate, toIso } from '../src/plain-date.js';
import { addWorkdays, isWorkday, workdaysBetween } from '../src/workdays.js';

test('weekends and holidays are free', () => {
  assert.equal(isWorkday(plainDate(2024, 2, 9)), true);
  assert.equal(isWorkday(plainDate(2024, 2, 10)), false);
  assert.equal(isWorkday(plainDate(2024, 5, 1)), true);
  assert.equal(isWorkday(plainDate(2024, 5, 1), germanHolidays), false);
});

test('workdays are added over weekends and holidays', () => {
  assert.equal(toIso(addWorkdays(plainDate(2024, 2, 9), 1)), '2024-02-12');
  assert.equal(toIso(addWorkdays(plainDate(2024, 12, 24), 3, germanHolidays)), '2024-12-31');
  assert.equal(toIso(addWorkdays(plainDate(2025, 1, 2), -1, germanHolidays)), '2024-12-31');
});

test('no workday later is the date itself, free or not', () => {
  assert.equal(toIso(addWorkdays(plainDate(2024, 2, 10), 0)), '2024-02-10');
});

test('workdays between two dates leave out the first and count the last', () => {
  assert.equal(workdaysBetween(plainDate(2024, 2, 9), plainDate(2024, 2, 16)), 5);
  assert.equal(workdaysBetween(plainDate(2024, 3, 28), plainDate(2024, 4, 2), germanHolidays), 1);
  assert.equal(workdaysBetween(plainDate(2024, 2, 9), plainDate(2024, 2, 11)), 0);
});
