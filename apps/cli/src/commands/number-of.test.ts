import { expect, test } from 'vitest';
import { numberOf } from './number-of.ts';

test('a number in its range is taken, one that was not given is none', () => {
  expect(numberOf('--after', '0')).toBe(0);
  expect(numberOf('--limit', '1', { least: 1, most: 1000 })).toBe(1);
  expect(numberOf('--limit', '1000', { least: 1, most: 1000 })).toBe(1000);
  expect(numberOf('--limit', undefined, { least: 1 })).toBeUndefined();
});

test.each([
  ['-1', {}, '--limit takes a whole number, and found -1'],
  ['many', { least: 1 }, '--limit takes a whole number from 1 up, and found many'],
  ['0', { least: 1 }, '--limit takes a whole number from 1 up, and found 0'],
  ['0', { least: 1, most: 1000 }, '--limit takes a whole number from 1 to 1000, and found 0'],
  ['1001', { least: 1, most: 1000 }, '--limit takes a whole number from 1 to 1000, and found 1001'],
])('%s is refused with the option and its range', (text, range, message) => {
  expect(() => numberOf('--limit', text, range)).toThrow(expect.objectContaining({ code: 'input.invalid', message }));
});
