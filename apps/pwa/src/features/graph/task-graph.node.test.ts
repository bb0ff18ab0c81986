import { expect, test } from 'vitest';
import type { HiveEvent, TaskResult } from '@hive/events';
import { edgePath } from './edge-path.ts';
import { graphMove } from './graph-keys.ts';
import { layOut } from './lay-out.ts';
import { ranksOf, shapeOf, taskGraph } from './task-graph.ts';

const task = (id: string, status: TaskResult['status'] = 'ready') => ({ id, key: id, title: id, status }) as TaskResult;
const planned = (needs: Readonly<Record<string, readonly string[]>>) =>
  [
    {
      type: 'workflow.plan_generated',
      data: { tasks: Object.entries(needs).map(([id, of]) => ({ id, key: id, needs: of })) },
    },
  ] as unknown as HiveEvent[];

const diamond = taskGraph(
  ['d', 'b', 'c', 'a'].map((id) => task(id)),
  planned({ a: [], b: ['a'], c: ['a'], d: ['b', 'c'] }),
);

test('needs come first, and the longest way counts', () => {
  expect(ranksOf(diamond).map((nodes) => nodes.map(({ id }) => id))).toEqual([['a'], ['b', 'c'], ['d']]);
  expect(taskGraph([task('a')], planned({ a: ['gone'] }))[0]?.needs).toEqual([]);
});

test('a cycle, which no plan has, ends as well', () => {
  expect(taskGraph([task('a'), task('b')], planned({ a: ['b'], b: ['a'] }))).toHaveLength(2);
});

test('a new status does not change the shape, a new need does', () => {
  const merged = taskGraph([task('a', 'merged')], planned({ a: [] }));
  expect(shapeOf(merged)).toBe(shapeOf(taskGraph([task('a')], planned({ a: [] }))));
  expect(shapeOf(diamond)).not.toBe(shapeOf(diamond.map((node) => ({ ...node, needs: [] }))));
});

test('what needs another lies to the right of it, nothing overlaps, and arrows go where they point', () => {
  const { nodes, edges, width } = layOut({ nodes: diamond, size: { width: 100, height: 40 }, direction: 'LR' });
  const at = (id: string) => nodes.find((node) => node.id === id) ?? { x: 0, y: 0 };
  expect(at('a').x + 100).toBeLessThan(at('b').x);
  expect(at('b').x).toBe(at('c').x);
  expect(Math.abs(at('b').y - at('c').y)).toBeGreaterThanOrEqual(40);
  expect(edges).toHaveLength(4);
  expect(width).toBeGreaterThan(300);
  const upper = at('b').y < at('c').y ? 'b' : 'c';
  const lower = upper === 'b' ? 'c' : 'b';
  expect(graphMove(nodes, upper, 'ArrowDown')).toBe(lower);
  expect(graphMove(nodes, upper, 'ArrowRight')).toBe('d');
  expect(graphMove(nodes, 'a', 'ArrowLeft')).toBeNull();
});

test('an edge is a path from end to end', () => {
  expect(
    edgePath([
      { x: 0, y: 0 },
      { x: 5, y: 5 },
      { x: 10, y: 0 },
    ]),
  ).toBe('M 0.0 0.0 Q 5.0 5.0 7.5 2.5 L 10.0 0.0');
  expect(edgePath([{ x: 0, y: 0 }])).toBe('');
});
