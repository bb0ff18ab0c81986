import { expect, test } from 'vitest';
import type { HiveEvent } from './catalogue.ts';
import { foldSchedule, type ScheduleView } from './schedule-view.ts';

const scheduleId = '01990000-0000-7000-8000-000000000001';
const fact = (type: string, data: object) =>
  ({
    type,
    stream: `schedule/${scheduleId}`,
    at: '2026-01-01T00:00:00.000Z',
    actor: 'cli/1',
    data: { scheduleId, ...data },
  }) as unknown as HiveEvent;
const created = fact('schedule.created', {
  request: 'a'.repeat(64),
  goal: 'x',
  repo: '/r',
  timing: { cron: '0 3 * * *', zone: 'UTC' },
  missed: { policy: 'once' },
});
const fired = (day: number, last = false) =>
  fact('schedule.fired', { tick: `2026-01-0${day}T03:00:00.000Z`, workflowId: null, code: null, reason: null, last });
const fold = (...events: HiveEvent[]) => events.reduce<ScheduleView | null>(foldSchedule, null);

test('a schedule counts what it fired, and is done after its last moment', () => {
  expect(fold(created)).toMatchObject({ state: 'active', by: 'cli/1', fired: 0, last: null });
  expect(fold(created, fired(2), fired(3))).toMatchObject({
    state: 'active',
    fired: 2,
    last: { tick: '2026-01-03T03:00:00.000Z' },
  });
  expect(fold(created, fired(2, true))?.state).toBe('done');
  expect(fold(created, fact('schedule.removed', {}))?.state).toBe('removed');
});

test.each([
  ['a moment that was answered', [created, fired(2), fired(2)]],
  ['an earlier moment', [created, fired(3), fired(2)]],
  ['a moment after the last one', [created, fired(2, true), fired(3)]],
  ['a moment of a removed schedule', [created, fact('schedule.removed', {}), fired(2)]],
  ['a second creation', [created, created]],
  ['a moment of nothing', [fired(2)]],
])('%s is refused', (_, events) => {
  expect(() => fold(...events)).toThrow(expect.objectContaining({ code: 'transition.refused' }));
});
