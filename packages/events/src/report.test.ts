import { expect, test } from 'vitest';
import type { HiveEvent } from './catalogue.ts';
import { Report, reportOf } from './report.ts';

const uuid = (n: number) => `01990000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const at = (minute: number) => `2030-01-01T22:${String(minute).padStart(2, '0')}:00.000Z`;
let count = 0;
const event = (minute: number, type: string, data: object): HiveEvent =>
  ({ id: `e${++count}`, type, at: at(minute), correlationId: uuid(9), stream: 'x', data }) as unknown as HiveEvent;
const step = { step: 'work', attempt: 1, token: 1 };
const call = (minute: number, more: object) =>
  event(minute, 'model.called', {
    provider: 'claude',
    model: 'a',
    outcome: 'ok',
    source: 'live',
    input: 10,
    output: 5,
    cached: null,
    costUsd: 0.5,
    ...more,
  });

const fold = (events: HiveEvent[]) =>
  reportOf({ events, since: at(10), until: at(50), waiting: [], nameOf: () => ({ key: 'k', title: 't' }) });

test('what was before the moment is not told, and every figure opens its events', () => {
  const calls = [
    call(5, {}),
    call(11, {}),
    call(12, { outcome: 'model.timeout', costUsd: null }),
    call(13, { source: 'cache' }),
  ];
  const refused = event(14, 'task.refused', { taskId: uuid(1), code: 'checks.red', reason: 'red' });
  const told = fold([...calls, refused]);
  expect(told.usage).toEqual([
    {
      provider: 'claude',
      model: 'a',
      calls: 3,
      failed: 1,
      free: 1,
      input: 20,
      output: 10,
      cached: 0,
      costUsd: null,
      events: calls.slice(1).map(({ id }) => id),
    },
  ]);
  expect(told.refused).toMatchObject([{ how: 'refused', code: 'checks.red', key: 'k', events: [refused.id] }]);
  expect(Report.parse(told)).toEqual(told);
});

test('how long a limit was waited for is from the parking to the next claim; what still waits, waits until now', () => {
  const parked = (minute: number, task: number, until: number) =>
    event(minute, 'model.parked', { provider: 'claude', kind: 'five_hour', taskId: uuid(task), until: at(until) });
  const events = [parked(20, 1, 29), parked(21, 2, 29), event(30, 'task.claimed', { taskId: uuid(1), ...step })];
  expect(fold(events).limits).toMatchObject([
    { kind: 'five_hour', tasks: 2, until: at(29), waitedMs: (10 + 29) * 60_000, events: ['e6', 'e7'] },
  ]);
});

test('a step that will be tried again was repeated, one whose last attempt failed was not', () => {
  const failed = (final: boolean) => event(20, 'task.attempt_failed', { taskId: uuid(1), ...step, final });
  expect(fold([failed(false), failed(false), failed(true)]).repeated).toMatchObject([
    { step: 'work', why: 'failed', count: 2 },
  ]);
});

test('a workflow without a plan did not get through either', () => {
  const failed = event(20, 'workflow.plan_failed', { workflowId: uuid(9), code: 'model.bad_output', reason: 'empty' });
  const told = fold([failed]);
  expect(told.refused).toMatchObject([
    { task: null, workflow: uuid(9), key: 'plan', code: 'model.bad_output', reason: 'empty', events: [failed.id] },
  ]);
  expect(Report.parse(told)).toEqual(told);
});
