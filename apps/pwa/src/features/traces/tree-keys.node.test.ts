import { expect, test } from 'vitest';
import { treeMove } from './tree-keys.ts';
import type { TreeRow } from './causal-tree.ts';

const row = (id: string, level: number, parent: string | null, children: number): TreeRow =>
  ({ event: { id }, level, parent, children, subject: '', head: true }) as unknown as TreeRow;
const rows = [row('a', 0, null, 2), row('b', 1, 'a', 1), row('c', 2, 'b', 0), row('d', 1, 'a', 0)];
const press = (key: string, id: string, collapsed: string[] = []) =>
  treeMove(key, { rows, id, collapsed: new Set(collapsed), isError: ({ event }) => event.id === 'c' });

test('up and down stop at the ends', () => {
  expect(press('j', 'a')).toEqual({ act: 'go', id: 'b' });
  expect(press('ArrowUp', 'b')).toEqual({ act: 'go', id: 'a' });
  expect(press('k', 'a')).toBeNull();
  expect(press('j', 'd')).toBeNull();
});

test('left shuts, then goes to the parent; right opens, then goes in', () => {
  expect(press('ArrowLeft', 'b')).toEqual({ act: 'collapse', id: 'b' });
  expect(press('ArrowLeft', 'b', ['b'])).toEqual({ act: 'go', id: 'a' });
  expect(press('ArrowLeft', 'd')).toEqual({ act: 'go', id: 'a' });
  expect(press('ArrowRight', 'b', ['b'])).toEqual({ act: 'expand', id: 'b' });
  expect(press('ArrowRight', 'b')).toEqual({ act: 'go', id: 'c' });
  expect(press('ArrowRight', 'd')).toBeNull();
});

test('errors are found in both directions, and other keys are left alone', () => {
  expect(press('e', 'a')).toEqual({ act: 'go', id: 'c' });
  expect(press('E', 'd')).toEqual({ act: 'go', id: 'c' });
  expect(press('e', 'c')).toBeNull();
  expect(press('x', 'a')).toBeNull();
});
