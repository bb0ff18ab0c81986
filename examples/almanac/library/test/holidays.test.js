import assert from 'node:assert/strict';
import { test } from 'node:test';
import { easterSunday, germanHolidays, holidaysOf, nthWeekday } from '../src/holidays.js';
import { toIso } from '../src/plain-date.js';

test('Easter Sunday moves between 22 March and 25 April', () => {
  const years = [1818, 1943, 2000, 2024, 2025, 2038];
  assert.deepEqual(
    years.map((year) => toIso(easterSunday(year))),
    ['1818-03-22', '1943-04-25', '2000-04-23', '2024-03-31', '2025-04-20', '2038-04-25'],
  );
});

test('the nth weekday of a month is counted from either end', () => {
  assert.equal(toIso(nthWeekday(2024, 11, 4, 4)), '2024-11-28');
  assert.equal(toIso(nthWeekday(2024, 5, 1, -1)), '2024-05-27');
  assert.equal(toIso(nthWeekday(2024, 9, 7, 1)), '2024-09-01');
  assert.equal(toIso(nthWeekday(2024, 9, 1, -1)), '2024-09-30');
});

test('holidays come in the order of the calendar', () => {
  const holidays = holidaysOf(2024, germanHolidays);
  assert.equal(holidays.length, 9);
  assert.deepEqual(
    holidays.slice(0, 4).map(({ name, date }) => `${toIso(date)} ${name}`),
    ['2024-01-01 New Year', '2024-03-29 Good Friday', '2024-04-01 Easter Monday', '2024-05-01 Labour Day'],
  );
});
