import { expect, test } from 'vitest';
import { beginningOf, endOf, findNotPlain } from './index.ts';

test('a text is cut at neither end within a character', () => {
  const text = 'ab😀cd';
  expect([2, 3, 4, 5, 6, 7].map((most) => beginningOf(text, most))).toEqual([
    'ab',
    'ab',
    'ab😀',
    'ab😀c',
    'ab😀cd',
    'ab😀cd',
  ]);
  expect([2, 3, 4, 5, 6, 7].map((most) => endOf(text, most))).toEqual([
    'cd',
    'cd',
    '😀cd',
    'b😀cd',
    'ab😀cd',
    'ab😀cd',
  ]);
  expect([beginningOf('😀', 0), endOf('😀', 0), beginningOf('😀', 1), endOf('😀', 1)]).toEqual(['', '', '', '']);
});

test('what no event can hold is shown, wherever it stands', () => {
  const text = '\ude00a\u0000b\ud83d';
  expect(beginningOf(text, 100)).toBe('\ufffda\ufffdb\ufffd');
  expect(endOf(text, 3)).toBe('\ufffdb\ufffd');
});

test('the place of a text that no event can hold is found', () => {
  expect(findNotPlain({ a: ['x', { b: 'y\u0000' }] })).toEqual(['a', 1, 'b']);
  expect(findNotPlain({ a: { 'b\ud83d': 1 } })).toEqual(['a']);
  expect(findNotPlain('\ude00')).toEqual([]);
  expect(findNotPlain({ a: [null, 1, true, undefined, '😀', '\\u0000'] })).toBeNull();
});
