import type { Code } from '@hive/errors';
import type { HiveEvent } from '@hive/events';
import { expect, test } from 'vitest';
import { lossesOf, rungAfter } from './rungs.ts';

const failed = (code: Code, step = 'work') => ({ type: 'task.attempt_failed', data: { code, step } }) as HiveEvent;
const event = (type: string) => ({ type, data: {} }) as HiveEvent;

test('answers that were no good and changes that were returned are lost attempts; trouble around them is none', () => {
  const events = [
    event('task.returned'),
    failed('model.bad_output'),
    failed('model.unreachable'),
    failed('model.auth'),
    failed('infra.git'),
    failed('model.bad_output', 'review'),
    event('task.claimed'),
  ];
  expect([lossesOf(events, 'work'), lossesOf(events, 'review')]).toEqual([2, 1]);
});

test('a task that begins anew has lost nothing', () => {
  expect(lossesOf([event('task.returned'), event('task.redriven'), event('task.returned')], 'work')).toBe(1);
});

test('each model has its attempts, and the last one keeps its turn', () => {
  expect([0, 2, 3, 5, 6, 99].map((losses) => rungAfter(losses, { after: 3, rungs: 3 }))).toEqual([0, 0, 1, 1, 2, 2]);
  expect(rungAfter(7, { after: 3, rungs: 0 })).toBe(0);
});
