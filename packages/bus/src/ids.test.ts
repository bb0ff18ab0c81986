import { expect, test } from 'vitest';
import { newId } from './ids.ts';

test('ids are new, uuids of version 7, and in the order of their making', () => {
  const ids = Array.from({ length: 20_000 }, newId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Math.abs(parseInt((ids.at(-1) ?? '').replace('-', '').slice(0, 12), 16) - Date.now())).toBeLessThan(5_000);
});
