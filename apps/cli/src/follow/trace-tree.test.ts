import type { HiveEvent } from '@hive/events';
import { expect, test } from 'vitest';
import { traceTree } from './trace-tree.ts';

// Only what the tree is made of.
const event = (id: string, causationId: string | null, second: number) =>
  ({ id, causationId, type: id, at: `2026-01-01T00:00:0${second}.000Z` }) as unknown as HiveEvent;
const drawn = (...events: HiveEvent[]) => traceTree(events).map(({ branch, event: { id } }) => branch + id);

test('a chain stays at one depth', () => {
  expect(drawn(event('a', null, 0), event('b', 'a', 1), event('c', 'b', 2))).toEqual(['a', 'b', 'c']);
});

test('several effects branch, each followed by its own', () => {
  const events = [
    event('a', null, 0),
    event('b', 'a', 1),
    event('c', 'a', 2),
    event('b1', 'b', 3),
    event('c1', 'c', 4),
    event('c2', 'c', 5),
  ];
  expect(drawn(...events)).toEqual(['a', '├─ b', '│  b1', '└─ c', '   ├─ c1', '   └─ c2']);
});

test('an event whose cause is in another trace is a root, not lost', () => {
  expect(drawn(event('a', 'elsewhere', 0), event('b', 'a', 1))).toEqual(['a', 'b']);
});

test('times count from the first event', () => {
  expect(traceTree([event('a', null, 1), event('b', 'a', 3)]).map((row) => row.sinceStartMs)).toEqual([0, 2000]);
});
