import { expect, test } from 'vitest';
import { letsThrough } from './heard-by-hub.ts';
import { covers, isFromHub, unionOf } from './hub-messages.ts';

test('a union lets through what each of its filters does, and as little more as one filter can say', () => {
  expect(unionOf([])).toEqual({ types: [] });
  expect(unionOf([{ types: [] }, { types: ['b.*'] }, { types: ['a.*', 'b.*'] }])).toEqual({ types: ['a.*', 'b.*'] });
  expect(unionOf([{ types: ['a.*'] }, null])).toBeNull();
  expect(unionOf([{ types: ['a.*'] }, { types: ['*'] }])).toBeNull();
  expect(unionOf([{ correlationId: 'x' }, { correlationId: 'x', types: ['a.*'] }])).toEqual({ correlationId: 'x' });
  expect(
    unionOf([
      { correlationId: 'x', types: ['a.*'] },
      { correlationId: 'y', types: ['b.*'] },
    ]),
  ).toEqual({
    types: ['a.*', 'b.*'],
  });
  expect(unionOf([{ correlationId: 'x' }, { correlationId: 'y' }])).toBeNull();
  expect(unionOf(Array.from({ length: 60 }, (_, n) => ({ types: [`t${n}.*`] })))).toBeNull();
});

test('a filter covers what asks for less', () => {
  expect(covers(null, { types: ['a.*'] })).toBe(true);
  expect(covers({ types: ['a.*', 'b.*'] }, { types: ['b.*'] })).toBe(true);
  expect(covers({ types: ['a.*'] }, { types: [] })).toBe(true);
  expect(covers({ types: ['a.*'] }, { types: ['b.*'] })).toBe(false);
  expect(covers({ types: ['a.*'] }, null)).toBe(false);
  expect(covers({ correlationId: 'x' }, {})).toBe(false);
});

test('an event gets through by its type and its trace', () => {
  const event = { type: 'task.ready', correlationId: 'x' } as const;
  expect(letsThrough(null, event)).toBe(true);
  expect(letsThrough({ types: ['task.*'], correlationId: 'x' }, event)).toBe(true);
  expect(letsThrough({ types: ['task.*'], correlationId: 'y' }, event)).toBe(false);
  expect(letsThrough({ types: [] }, event)).toBe(false);
});

test('what no hub would say is told apart', () => {
  expect(isFromHub({ hive: 'events', json: '[]', position: 3 })).toBe(true);
  for (const foreign of [null, 'events', { hive: 'join' }, { hive: 'events', json: [], position: 3 }])
    expect(isFromHub(foreign)).toBe(false);
  expect(isFromHub({ hive: 'hello', missed: true, build: 'b', position: 1.5 })).toBe(false);
});
