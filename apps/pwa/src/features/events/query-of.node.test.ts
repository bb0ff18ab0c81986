import { expect, test } from 'vitest';
import { eventsAddress, type EventQuery } from '../../ui/event-query.ts';
import { eventQueryOf } from './query-of.ts';

test('the address of a query holds all of it', () => {
  const queries: readonly EventQuery[] = [
    {},
    { types: ['task.merged', 'task.completed'], since: '2030-01-31T00:00:00.000Z' },
    { trace: 'abc', until: '2030-01-31T00:00:00.000Z', text: 'worker/walnut-1 & more' },
  ];
  for (const query of queries)
    expect(eventQueryOf(new URL(eventsAddress(query), 'http://hive').searchParams)).toEqual(query);
  expect(eventsAddress({})).toBe('/events');
});
