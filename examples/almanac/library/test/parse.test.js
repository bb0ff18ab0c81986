import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDate } from '../src/parse.js';
import { toIso } from '../src/plain-date.js';

const iso = (text) => toIso(parseDate(text));

test('ISO dates are read', () => {
  assert.equal(iso('2024-02-09'), '2024-02-09');
});

test('dates with dots put the day first', () => {
  assert.equal(iso('9.2.2024'), '2024-02-09');
});

test('dates with slashes put the month first', () => {
  assert.equal(iso('2/9/2024'), '2024-02-09');
});

test('months may be named, short or long, in any case', () => {
  for (const text of ['9 Feb 2024', '9 FEBRUARY 2024', 'feb 9, 2024']) assert.equal(iso(text), '2024-02-09', text);
});

test('space around a date does not matter', () => {
  assert.equal(iso('  2024-02-09\n'), '2024-02-09');
});

test('months and days out of range are refused', () => {
  for (const text of ['2024-13-01', '2024-00-10', '2024-01-32', '2024-01-00', '9 Foo 2024']) {
    assert.throws(() => parseDate(text), RangeError, text);
  }
});

test('text that is no date is quoted in the error', () => {
  assert.throws(() => parseDate('next week'), { name: 'RangeError', message: 'not a date: "next week"' });
});
