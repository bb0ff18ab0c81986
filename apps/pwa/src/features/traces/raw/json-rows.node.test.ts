import { expect, test } from 'vitest';
import { copiedOf, jsonRows } from './json-rows.ts';

test('every key stands under the one that holds it, with its path', () => {
  const { rows, more } = jsonRows({ id: 'e', data: { list: [{ exit: 0 }], none: null } });
  expect(rows.map(({ path, depth, text }) => [path, depth, text])).toEqual([
    ['id', 0, 'e'],
    ['data', 0, '2 keys'],
    ['data.list', 1, '1 entry'],
    ['data.list[0]', 2, '1 key'],
    ['data.list[0].exit', 3, '0'],
    ['data.none', 1, 'null'],
  ]);
  expect(more).toBe(0);
});

test('a text of ten megabytes is cut where it is shown, and whole where it is copied', () => {
  const [row] = jsonRows({ long: 'x'.repeat(10_000_000) }).rows;
  expect(row?.text).toHaveLength(2000);
  expect(row?.rest).toBe(9_998_000);
  expect(copiedOf(row ?? { value: '' })).toHaveLength(10_000_000);
});

test('a payload of very many keys is bounded, and says so', () => {
  const { rows, more } = jsonRows(Array.from({ length: 5000 }, (_, n) => n));
  expect(rows).toHaveLength(2000);
  expect(more).toBe(3000);
});

test('what is copied of an object is its JSON', () => {
  expect(copiedOf({ value: { a: 1 } })).toBe('{\n  "a": 1\n}');
});
