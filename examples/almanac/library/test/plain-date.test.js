import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addDays,
  addMonths,
  addYears,
  compareDates,
  dayOfYear,
  daysBetween,
  daysInMonth,
  fromEpochDay,
  isLeapYear,
  plainDate,
  toEpochDay,
  toIso,
  weekday,
} from '../src/plain-date.js';

test('centuries are leap years only when 400 divides them', () => {
  assert.deepEqual([1900, 2000, 2023, 2024, 2100].filter(isLeapYear), [2000, 2024]);
});

test('February has 29 days in a leap year', () => {
  assert.deepEqual([daysInMonth(2023, 2), daysInMonth(2024, 2), daysInMonth(2024, 4)], [28, 29, 30]);
});

test('a date that does not exist is refused', () => {
  for (const [year, month, day] of [
    [2023, 2, 29],
    [2024, 13, 1],
    [2024, 0, 1],
    [2024, 4, 31],
    [2024, 4, 0],
    [2024, 4, 1.5],
  ]) {
    assert.throws(() => plainDate(year, month, day), RangeError, `${year}-${month}-${day}`);
  }
});

test('a date cannot be changed', () => {
  assert.throws(() => {
    plainDate(2024, 1, 1).day = 2;
  }, TypeError);
});

test('epoch days count from 1 January 1970', () => {
  assert.deepEqual(
    [plainDate(1970, 1, 1), plainDate(2000, 3, 1), plainDate(1969, 12, 31)].map(toEpochDay),
    [0, 11_017, -1],
  );
});

test('epoch days and dates are inverse to each other for four centuries', () => {
  for (let day = toEpochDay(plainDate(1800, 1, 1)); day < toEpochDay(plainDate(2200, 1, 1)); day += 13) {
    assert.equal(toEpochDay(fromEpochDay(day)), day);
  }
});

test('days are added across months, years and leap days', () => {
  assert.equal(toIso(addDays(plainDate(2023, 12, 31), 1)), '2024-01-01');
  assert.equal(toIso(addDays(plainDate(2024, 2, 28), 1)), '2024-02-29');
  assert.equal(toIso(addDays(plainDate(2024, 3, 1), -366)), '2023-03-01');
});

test('months are added across years, forwards and backwards', () => {
  assert.equal(toIso(addMonths(plainDate(2024, 11, 15), 3)), '2025-02-15');
  assert.equal(toIso(addMonths(plainDate(2024, 1, 15), -1)), '2023-12-15');
  assert.equal(toIso(addMonths(plainDate(2024, 6, 15), -30)), '2021-12-15');
});

test('years keep the day', () => {
  assert.equal(toIso(addYears(plainDate(2024, 2, 28), -4)), '2020-02-28');
});

test('the days between two dates have a sign', () => {
  assert.equal(daysBetween(plainDate(2024, 1, 1), plainDate(2025, 1, 1)), 366);
  assert.equal(daysBetween(plainDate(2024, 1, 1), plainDate(2023, 12, 30)), -2);
});

test('dates sort by the calendar', () => {
  const dates = [plainDate(2024, 2, 1), plainDate(2023, 12, 31), plainDate(2024, 1, 31)];
  assert.deepEqual(dates.sort(compareDates).map(toIso), ['2023-12-31', '2024-01-31', '2024-02-01']);
});

test('weekdays count from Monday, also before 1970', () => {
  assert.deepEqual([plainDate(2024, 1, 1), plainDate(2024, 1, 7), plainDate(1969, 7, 20)].map(weekday), [1, 7, 7]);
});

test('the day of the year knows leap days', () => {
  assert.deepEqual(
    [plainDate(2023, 12, 31), plainDate(2024, 12, 31), plainDate(2024, 3, 1)].map(dayOfYear),
    [365, 366, 61],
  );
});

test('ISO text is padded', () => {
  assert.equal(toIso(plainDate(987, 6, 5)), '0987-06-05');
});
