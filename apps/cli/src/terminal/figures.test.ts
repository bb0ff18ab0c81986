import { expect, test } from 'vitest';
import { ago, bytes, count, duration } from './figures.ts';

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1100, '1.1 s'],
  [9960, '10 s'],
  [48_200, '48 s'],
  [60_000, '1 min'],
  [245_000, '4 min 5 s'],
  [12_000_000, '3 h 20 min'],
])('%i ms is %s', (ms, text) => expect(duration(ms)).toBe(text));

test.each([
  [512, '512 B'],
  [1500, '1.5 kB'],
  [12_400_000, '12 MB'],
])('%i bytes are %s', (n, text) => expect(bytes(n)).toBe(text));

test('counts have their plural', () => {
  expect([count(1, 'task'), count(0, 'task'), count(1089, 'package')]).toEqual(['1 task', '0 tasks', '1,089 packages']);
});

test('ages are rounded down', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const now = Date.parse(at);
  expect([0, 59_000, 119_000, 7_199_000, 180_000_000].map((later) => ago(at, now + later))).toEqual([
    'now',
    '59 s ago',
    '1 min ago',
    '1 h ago',
    '2 d ago',
  ]);
});
