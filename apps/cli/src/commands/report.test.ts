import { expect, test } from 'vitest';
import { sinceOf } from './report.ts';

const now = new Date(2030, 0, 2, 7, 30);

test('a time of day is the last one, and a span is so long ago', () => {
  expect(sinceOf('22:00', now)).toBe(new Date(2030, 0, 1, 22, 0).toISOString());
  expect(sinceOf('07:00', now)).toBe(new Date(2030, 0, 2, 7, 0).toISOString());
  expect(sinceOf('8h', now)).toBe(new Date(2030, 0, 1, 23, 30).toISOString());
  expect(sinceOf('2030-01-01T00:00:00Z', now)).toBe('2030-01-01T00:00:00.000Z');
});

test.each(['yesterday', '25:00', '8', ''])('%j is no moment', (text) => {
  expect(() => sinceOf(text, now)).toThrow('is no moment');
});
