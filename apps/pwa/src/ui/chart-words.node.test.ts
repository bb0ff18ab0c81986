import { expect, test } from 'vitest';
import { bytes, chartWords } from './chart-words.ts';

test('a chart is told by its newest and its highest value, and what was not measured is not 0', () => {
  const lines = [
    { name: 'Running', values: [1, 4, null, 2] },
    { name: 'Waiting', values: [null, null] },
  ];
  expect(chartWords(lines, (value) => `${value} calls`)).toBe(
    'Running: 2 calls now, 4 calls at most. Waiting: not measured.',
  );
});

test('bytes are short', () => {
  expect([0, 999, 1500, 640e6, 23.4e9, 5e15].map(bytes)).toEqual([
    '0 B',
    '999 B',
    '1.5 kB',
    '640 MB',
    '23.4 GB',
    '5000 TB',
  ]);
});
