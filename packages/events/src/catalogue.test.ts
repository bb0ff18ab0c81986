import { expect, expectTypeOf, test } from 'vitest';
import { catalogue, maxEventBytes, parseEventData, type EventOf, type HiveEvent } from './catalogue.ts';

const id = '01990000-0000-7000-8000-000000000001';

test('every type is named topic.past_tense', () => {
  expect(Object.keys(catalogue).filter((type) => !/^[a-z]+\.[a-z_]+$/.test(type))).toEqual([]);
});

test('a payload that does not match its schema is refused with the place', () => {
  expect(() => parseEventData('task.ready', { taskId: 'x' })).toThrow(/task\.ready is not valid at taskId/);
  expect(() => parseEventData('task.ready', { taskId: id, extra: 1 })).toThrow(/extra/);
  expect(() => parseEventData('task.vanished' as 'task.ready', { taskId: id })).toThrow('There is no event type');
});

test('NUL and half surrogate pairs are refused, also deep inside and as keys', () => {
  const refused = (reason: string) => () => parseEventData('workflow.cancelled', { workflowId: id, reason });
  expect(refused('a\u0000b')).toThrow(/NUL/);
  expect(refused('a\ud800b')).toThrow(/surrogate/);
  expect(refused('a\ud83d\ude00b')).not.toThrow();
});

test('a payload over 256 KiB is refused by its bytes, not by its characters', () => {
  const reason = (text: string) => () => parseEventData('workflow.cancelled', { workflowId: id, reason: text });
  expect(reason('x'.repeat(maxEventBytes))).toThrow(expect.objectContaining({ code: 'event.too_large' }) as Error);
  expect(reason('é'.repeat(maxEventBytes / 2))).toThrow(expect.objectContaining({ code: 'event.too_large' }) as Error);
  expect(reason('x'.repeat(maxEventBytes - 100))).not.toThrow();
});

test('the type of an event tells the type of its data', () => {
  expectTypeOf<EventOf<'task.claimed'>['data']['leaseUntil']>().toEqualTypeOf<string>();
  expectTypeOf<Extract<HiveEvent, { type: 'task.ready' }>['data']>().toEqualTypeOf<{ taskId: string }>();
});
