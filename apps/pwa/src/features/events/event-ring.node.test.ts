import { expect, test } from 'vitest';
import type { HiveEvent } from '@hive/events';
import { EventRing, passes, rateOf } from './event-ring.ts';

const event = (position: number, more: object = {}) =>
  ({
    ...{ id: `e${position}`, position, type: 'task.ready', actor: 'orchestrator/queen', stream: 'task/t' },
    ...{ correlationId: 'abc-123', at: new Date(position * 1000).toISOString(), data: { taskId: 't' } },
    ...more,
  }) as unknown as HiveEvent;
const positions = (ring: EventRing) => ring.events.map((it) => it.position);

test('each event is there once and in log order, also one that came late', () => {
  const ring = new EventRing();
  expect(ring.add([event(1), event(2), event(5)])).toBe(3);
  expect(ring.add([event(5), event(4), event(6)])).toBe(2);
  expect(positions(ring)).toEqual([1, 2, 4, 5, 6]);
});

test('a full ring drops the oldest and says how many', () => {
  const ring = new EventRing(3);
  ring.add([1, 2, 3, 4, 5].map((n) => event(n)));
  expect([positions(ring), ring.dropped]).toEqual([[3, 4, 5], 2]);
  expect(ring.addOlder([event(1), event(2)])).toBe(false);
  expect(positions(ring)).toEqual([3, 4, 5]);
});

test('older ones stand before the others, newest of them first where room ends', () => {
  const ring = new EventRing(4);
  ring.add([event(8), event(9)]);
  expect(ring.addOlder([event(7), event(6), event(5)])).toBe(false);
  expect(positions(ring)).toEqual([6, 7, 8, 9]);
});

test('what the text hides is counted, what the server was not asked for is not', () => {
  const ring = new EventRing();
  ring.reset({ types: ['task.*'], text: 'Walnut' });
  ring.add([event(1), event(2, { data: { host: 'walnut' } }), event(3, { type: 'merge.completed' })]);
  expect([positions(ring), ring.hidden]).toEqual([[2], 1]);
});

test('a filter knows types, traces by their end, and moments', () => {
  const it = event(60);
  const at = (seconds: number) => new Date(seconds * 1000).toISOString();
  expect(passes(it, { types: ['task.*'], trace: '123', since: at(60), until: at(60) })).toBe(true);
  for (const filter of [
    { types: ['task.merged'] },
    { trace: '124' },
    { since: at(61) },
    { until: at(59) },
    { text: 'x' },
  ])
    expect(passes(it, filter), JSON.stringify(filter)).toBe(false);
});

test('the rate is that of the last ten seconds', () => {
  const arrivals = [
    { atMs: 0, count: 100 },
    { atMs: 5000, count: 30 },
    { atMs: 9000, count: 20 },
  ];
  expect(rateOf(arrivals, 12_000)).toBe(5);
  expect(arrivals).toHaveLength(2);
  expect(rateOf(arrivals, 60_000)).toBe(0);
});
