import { expect, test } from 'vitest';
import { ago, count, duration } from './duration.ts';

test('a duration never shows sixty of anything', () => {
  expect([0, 850, 999.6, 4210, 59_960, 125_000, 3_599_600, 11_520_000, 187_200_000].map(duration)).toEqual([
    '0 ms',
    '850 ms',
    '1000 ms',
    '4.2 s',
    '1 m 00 s',
    '2 m 05 s',
    '1 h 00 m',
    '3 h 12 m',
    '2 d 4 h',
  ]);
});

test('ages and counts read like a sentence', () => {
  expect([0, 12_000, 300_000, 10_800_000, 200_000_000].map(ago)).toEqual([
    'now',
    '12 s ago',
    '5 min ago',
    '3 h ago',
    '2 days ago',
  ]);
  expect([count(1, 'task'), count(4018, 'event'), count(0, 'entry', 'entries')]).toEqual([
    '1 task',
    '4,018 events',
    '0 entries',
  ]);
});
