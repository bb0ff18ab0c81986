import { afterEach, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { HiveEvent } from '@hive/events';
import './hive-trace-tree.ts';
import type { HiveTraceTree } from './hive-trace-tree.ts';
import { traceOf } from './trace-model.ts';

const at = (s: number) => new Date(Date.UTC(2026, 2, 1, 12, 0, s)).toISOString();
let position = 0;
/** What happens to a task of a process's trace: enough for the tree, which needs no workflow. */
const happened = (id: string, cause: string | null, task: string): HiveEvent => ({
  id,
  causationId: cause,
  position: ++position,
  type: 'task.ready',
  stream: `task/${task}`,
  version: 1,
  correlationId: 'c',
  actor: 'x',
  at: at(position),
  data: { taskId: task },
});

const some = () => [
  happened('a1', null, 'a'),
  happened('a2', 'a1', 'a'),
  happened('b1', 'a2', 'b'),
  happened('b2', 'b1', 'b'),
];
const show = async (events: readonly HiveEvent[]): Promise<HiveTraceTree> => {
  const tree = document.createElement('hive-trace-tree');
  tree.trace = traceOf(events);
  document.body.append(tree);
  await tree.updateComplete;
  return tree;
};
const rowIds = (tree: HiveTraceTree) =>
  [...tree.renderRoot.querySelectorAll('[role=row]')].map(({ id }) => id.slice(1));
const focused = (tree: HiveTraceTree) => (tree.renderRoot as ShadowRoot).activeElement?.id.slice(1);
const row = (tree: HiveTraceTree, id: string): HTMLElement => {
  const found = tree.renderRoot.querySelector<HTMLElement>(`#e${id}`);
  if (!found) throw new Error(`there is no row ${id}`);
  return found;
};

afterEach(() => {
  document.body.replaceChildren();
  scrollTo(0, 0);
  position = 0;
});

test('a row tells its depth, its place and whether it is open', async () => {
  const tree = await show(some());
  expect(rowIds(tree)).toEqual(['a1', 'a2', 'b1', 'b2']);
  expect(row(tree, 'b1').getAttribute('aria-level')).toBe('3');
  expect(row(tree, 'b1').getAttribute('aria-expanded')).toBe('true');
  expect(row(tree, 'b2').hasAttribute('aria-expanded')).toBe(false);
});

test('the keyboard moves, shuts, opens and selects', async () => {
  const tree = await show(some());
  const chosen: (string | null)[] = [];
  tree.addEventListener('hive-select', ({ detail }) => chosen.push(detail));
  row(tree, 'a1').focus();
  await userEvent.keyboard('jj');
  await tree.updateComplete;
  expect(focused(tree)).toBe('b1');
  await userEvent.keyboard('{ArrowLeft}');
  await tree.updateComplete;
  expect(rowIds(tree)).toEqual(['a1', 'a2', 'b1']);
  await userEvent.keyboard('{Enter}{Escape}');
  expect(chosen).toEqual(['b1', null]);
});

test('only one row is in the tab order', async () => {
  const tree = await show(some());
  expect(tree.renderRoot.querySelectorAll('[role=row][tabindex="0"]')).toHaveLength(1);
});

test('rows that come in above do not move what is in sight', async () => {
  const many = [happened('a0', null, 'a'), ...Array.from({ length: 250 }, (_, n) => happened(`a${n + 1}`, 'a0', 'a'))];
  const tree = await show([...many, happened('z0', null, 'z')]);
  const inSight = row(tree, 'a200');
  scrollTo(0, 3000);
  await new Promise((resolve) => requestAnimationFrame(resolve));
  inSight.scrollIntoView({ block: 'center' });
  const before = inSight.getBoundingClientRect().top;
  const early = Array.from({ length: 5 }, (_, n) => happened(`x${n}`, 'a3', 'x'));
  tree.trace = traceOf([...tree.trace.events, ...early]);
  await tree.updateComplete;
  expect(rowIds(tree).indexOf('x0')).toBeLessThan(rowIds(tree).indexOf('a200'));
  expect(Math.abs(row(tree, 'a200').getBoundingClientRect().top - before)).toBeLessThan(1);
});

test('of a long trace only the rows near the visible part are in the document', async () => {
  const tree = await show(Array.from({ length: 5000 }, (_, n) => happened(`a${n}`, n === 0 ? null : 'a0', 'a')));
  scrollTo(0, document.documentElement.scrollHeight);
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  await tree.updateComplete;
  expect(rowIds(tree)).toContain('a4999');
  expect(rowIds(tree).length).toBeLessThan(300);
});

test('text that would be markup is text', async () => {
  const [first] = some();
  const tree = await show([
    { ...first, type: 'task.cancelled', data: { taskId: 'a', reason: '<img src=x> \u202e' } } as HiveEvent,
  ]);
  expect(tree.renderRoot.querySelector('img')).toBeNull();
  expect(row(tree, 'a1').textContent).toContain('<img src=x> \\u{202e}');
});
