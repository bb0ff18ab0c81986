import { expect, test } from 'vitest';
import { table } from './table.ts';
import { cut, widthOf } from './width.ts';

test('columns line up and nothing trails', () => {
  expect(
    table(
      ['id', 'status'],
      [
        ['a1b2c3d4', 'merged'],
        ['b', ''],
      ],
    ),
  ).toEqual(['id        status', 'a1b2c3d4  merged', 'b']);
});

test('numbers are aligned to the right', () => {
  expect(
    table(
      ['n', 'of'],
      [
        [5, 'a'],
        [12, 'b'],
      ],
    ),
  ).toEqual([' n  of', ' 5  a', '12  b']);
});

test('wide characters take two columns and colours none', () => {
  expect(widthOf('日本')).toBe(4);
  expect(widthOf('\u001b[32mok\u001b[0m')).toBe(2);
  expect(
    table(null, [
      ['日本', 'x'],
      ['abcd', 'y'],
    ]),
  ).toEqual(['日本  x', 'abcd  y']);
});

test('a long text is cut at the width', () => {
  expect(cut('abcdef', 4)).toBe('abc…');
  expect(cut('日本語', 4)).toBe('日…');
  expect(cut('abc', 4)).toBe('abc');
});
