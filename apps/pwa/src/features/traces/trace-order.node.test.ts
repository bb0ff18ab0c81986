import { expect, test } from 'vitest';
import type { TraceSummary } from '@hive/events';
import { TraceOrder, orderOf, type Order } from './trace-order.ts';

const trace = (correlationId: string, events: number, tookS = 1): TraceSummary => ({
  ...{ correlationId, goal: correlationId, status: 'running', events, errors: 10 - events },
  ...{ firstAt: new Date(0).toISOString(), lastAt: new Date(tookS * 1000).toISOString() },
});
const none: ReadonlySet<string> = new Set();
const ids = (traces: readonly TraceSummary[]) => traces.map(({ correlationId }) => correlationId).join('');

test('by what is asked, and as Hive gives them else', () => {
  const traces = [trace('a', 1, 9), trace('b', 3, 5), trace('c', 2, 7)];
  const by = (order: Order) => ids(new TraceOrder().of(traces, { order, pinned: none }));
  expect([by('newest'), by('events'), by('errors'), by('longest')]).toEqual(['abc', 'bca', 'acb', 'acb']);
  expect([orderOf('events'), orderOf(''), orderOf('toString')]).toEqual(['events', 'newest', 'newest']);
});

test('a trace keeps its place while it grows, and gets another when an order is asked for anew', () => {
  const order = new TraceOrder();
  const by = (traces: readonly TraceSummary[], wanted: Order) => ids(order.of(traces, { order: wanted, pinned: none }));
  expect(by([trace('a', 1), trace('b', 3)], 'events')).toBe('ba');
  const grown = [trace('c', 2), trace('a', 8), trace('b', 3)];
  expect(by(grown, 'events')).toBe('bca');
  expect(by(grown, 'newest')).toBe('cab');
  expect(by(grown, 'events')).toBe('abc');
});

test('pinned ones stand first, in the order that is asked for', () => {
  const traces = [trace('a', 1), trace('b', 3), trace('c', 2)];
  expect(ids(new TraceOrder().of(traces, { order: 'newest', pinned: new Set(['c', 'b']) }))).toBe('bca');
  expect(ids(new TraceOrder().of(traces, { order: 'events', pinned: new Set(['a', 'c']) }))).toBe('cab');
});
