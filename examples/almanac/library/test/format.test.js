import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDate } from '../src/format.js';
import { plainDate } from '../src/plain-date.js';

const date = plainDate(2024, 2, 9);

test('each field has a short and a long form', () => {
  assert.equal(
    formatDate(date, 'yyyy yy | MMMM MMM MM M | dd d | EEEE EEE'),
    '2024 24 | February Feb 02 2 | 09 9 | Friday Fri',
  );
});

test('other text stays', () => {
  assert.equal(formatDate(date, 'd.M.yyyy, 100 %'), '9.2.2024, 100 %');
});

test('quoted letters stay, and two quotes are one', () => {
  assert.equal(formatDate(date, "'day' d 'of' MMMM ''yy"), "day 9 of February '24");
});

test('a run of letters without meaning is refused', () => {
  assert.throws(() => formatDate(date, 'yyy-MM'), { name: 'RangeError', message: 'unknown field "yyy" in "yyy-MM"' });
});
