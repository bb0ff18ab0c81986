import { expect, test } from 'vitest';
import { plain } from './plain.ts';

test('a value comes back as JSON would give it back', () => {
  const given = {
    text: 'ü',
    none: undefined,
    nothing: null,
    list: [1, undefined, Number.NaN, -0, [true]],
    when: new Date(0),
    deep: { a: { b: 1 } },
  };
  expect(plain(given)).toEqual(JSON.parse(JSON.stringify(given)));
  expect(plain(undefined)).toBeNull();
});

test('what is kept is cut off from what was given, and never changes', () => {
  const given = { deep: { list: [1] } };
  const kept = plain(given);
  given.deep.list.push(2);
  expect(kept).toEqual({ deep: { list: [1] } });
  expect(() => kept.deep.list.push(3)).toThrow(TypeError);
  expect(plain({ again: kept.deep }).again).toBe(kept.deep);
});
