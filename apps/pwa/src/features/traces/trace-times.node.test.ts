import { expect, test } from 'vitest';
import { traceColumns, traceRow, type HiveEvent } from '@hive/events';
import { firstError } from './first-error.ts';
import { traceTimes } from './trace-times.ts';
import { TraceStore } from './waterfall/trace-store.ts';

const second = 1000;
const began = Date.parse('2026-03-01T12:00:00Z');

/** A store of events that are told as [second, type, task, more of its data]. */
const storeOf = (
  ...told: readonly (readonly [at: number, type: string, task: string, data?: object])[]
): TraceStore => {
  const events = told.map(([at, type, task, data = {}], index) => ({
    ...{ id: `0199aaaa-0000-7000-8000-${String(index).padStart(12, '0')}`, type, stream: `task/${task}`, version: 1 },
    ...{ position: index + 1, causationId: null, actor: 'a', correlationId: '0199aaaa-0000-7000-8000-0000000000ff' },
    ...{ at: new Date(began + at * second).toISOString(), data: { taskId: task, ...data } },
  })) as unknown as HiveEvent[];
  const store = new TraceStore();
  store.apply(
    traceColumns(events[0]?.correlationId ?? '', events.map(traceRow), { next: null, positionOf: () => undefined }),
  );
  return store;
};

test('what runs side by side counts once, waiting is the rest, and of that a person may have had some', () => {
  const store = storeOf(
    [0, 'task.ready', 'a'],
    [10, 'task.claimed', 'a', { step: 'work', attempt: 1, agent: 'w' }],
    [15, 'task.claimed', 'b', { step: 'work', attempt: 1, agent: 'x' }],
    [16, 'task.claimed', 'c', { step: 'work', attempt: 1, agent: 'y' }],
    [18, 'task.submitted', 'c', { author: 'human', commit: 'c' }],
    [20, 'task.escalated', 'a', { reason: 'look' }],
    [30, 'task.submitted', 'b', { author: 'human', commit: 'c' }],
    [70, 'task.redriven', 'a'],
  );
  const seconds = ({ wallMs, workedMs, waitedMs, forPersonMs }: ReturnType<typeof traceTimes>) =>
    [wallMs, workedMs, waitedMs, forPersonMs].map((ms) => ms / second);
  // Work from 10 to 30 by two; a person had it from 20 to 70, of which 10 s were beside work.
  expect(seconds(traceTimes(store, began + 100 * second))).toEqual([100, 20, 80, 40]);
});

test('a bar that is open lasts until now, and no longer', () => {
  const store = storeOf([0, 'task.ready', 'a'], [10, 'task.claimed', 'a', { step: 'work', attempt: 1, agent: 'w' }]);
  expect(traceTimes(store, began + 40 * second).workedMs).toBe(30 * second);
  expect(traceTimes(store, began + 5 * second)).toMatchObject({ wallMs: 5 * second, forPersonMs: 0 });
});

test('the first error is that of the log, also when more comes', () => {
  const bad = { code: 'need.failed', reason: 'r' };
  expect(firstError(storeOf([0, 'task.ready', 'a']))).toBe(-1);
  const store = storeOf([0, 'task.ready', 'a'], [1, 'task.blocked', 'a', bad], [2, 'task.blocked', 'b', bad]);
  expect(firstError(store)).toBe(1);
  expect(firstError(store)).toBe(1);
});
