import { expect, test } from 'vitest';
import type { HiveEvent } from '@hive/events';
import { shownRows, treeOf } from './causal-tree.ts';

/** `a<b` is an event `a` that `b` caused; the first letter of the id is what it is about, `w` the workflow. */
const log = (...told: string[]): HiveEvent[] =>
  told.map((text, index) => {
    const [id = '', cause] = text.split('<');
    const data = id.startsWith('w') ? {} : { taskId: id[0] };
    return { id, causationId: cause ?? null, position: index + 1, stream: 'workflow/1', data } as unknown as HiveEvent;
  });

const drawn = (events: readonly HiveEvent[], collapsed: string[] = []) =>
  shownRows(treeOf(events), new Set(collapsed)).map(({ event, level }) => '  '.repeat(level) + event.id);

test('what happens to one task stays on one level, however long the chain of causes is', () => {
  expect(drawn(log('w1', 'a1<w1', 'a2<a1', 'a3<a2', 'a4<a3'))).toEqual(['w1', '  a1', '    a2', '    a3', '    a4']);
});

test('a merge that makes the next task ready goes one deeper, below the merge', () => {
  expect(drawn(log('w1', 'a1<w1', 'b1<w1', 'a2<a1', 'a3<a2', 'c1<a3', 'c2<c1', 'b2<b1'))).toEqual([
    'w1',
    '  a1',
    '    a2',
    '    a3',
    '      c1',
    '        c2',
    '  b1',
    '    b2',
  ]);
});

test('an event that comes later moves no row to another parent', () => {
  const told = ['w1', 'a1<w1', 'b1<w1', 'a2<a1', 'w2<a2', 'b2<b1', 'a3<a2', 'c1<b2'];
  const parents = (n: number) =>
    new Map(treeOf(log(...told.slice(0, n))).map((row) => [row.event.id, `${row.parent} ${row.level}`]));
  const all = parents(told.length);
  for (let n = 1; n < told.length; n += 1)
    for (const [id, place] of parents(n)) expect([id, all.get(id)]).toEqual([id, place]);
});

test('an event whose cause is not in the trace is a root and not lost', () => {
  expect(drawn(log('w1', 'a1<elsewhere', 'a2<a1'))).toEqual(['w1', 'a1', '  a2']);
});

test('collapsing hides everything below and nothing beside', () => {
  const events = log('w1', 'a1<w1', 'a2<a1', 'c1<a2', 'b1<w1', 'b2<b1');
  expect(drawn(events, ['a1'])).toEqual(['w1', '  a1', '  b1', '    b2']);
  expect(drawn(events, ['a2', 'b1'])).toEqual(['w1', '  a1', '    a2', '  b1']);
  expect(drawn(events, ['w1', 'a1'])).toEqual(['w1']);
});

test('a chain of ten thousand causes is drawn without a deep stack', () => {
  const chain = Array.from({ length: 10_000 }, (_, n) =>
    n === 0 ? 'w0' : `${n % 2 ? 'a' : 'w'}${n}<${n % 2 ? 'w' : 'a'}${n - 1}`,
  );
  expect(treeOf(log(...chain)).at(-1)?.level).toBe(9999);
});
