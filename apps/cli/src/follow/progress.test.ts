import type { HiveEvent } from '@hive/events';
import { expect, test } from 'vitest';
import { noProgress, progressAfter, progressLine } from './progress.ts';

const id = (n: number) => `00000000-0000-7000-8000-00000000000${n}`;
// Only what the fold looks at.
const event = (type: string, stream: string, data: object) => ({ type, stream, data }) as unknown as HiveEvent;
const told = (...events: HiveEvent[]) => progressLine(events.reduce(progressAfter, noProgress));

const planned = event('workflow.plan_generated', 'workflow/w', {
  tasks: [
    { id: id(1), key: 'parse', needs: [] },
    { id: id(2), key: 'week', needs: [] },
  ],
});
const claimed = (n: number, step: string, agent: string) => event('task.claimed', `task/${id(n)}`, { step, agent });

test('before the plan it waits for the planner, then says who plans', () => {
  expect(told()).toBe('  … waiting for the planner');
  expect(told(event('task.claimed', 'workflow/w', { step: 'plan', agent: 'planner' }))).toBe('  … planning (planner)');
});

test('what is in hand is named with its agent, and forgotten when it ends', () => {
  expect(told(planned, claimed(1, 'work', 'worker-1'), claimed(2, 'check', 'worker-2'))).toBe(
    '  … 0 of 2 · working on parse (worker-1), checking week (worker-2)',
  );
  expect(told(planned, claimed(1, 'work', 'worker-1'), event('task.submitted', `task/${id(1)}`, {}))).toBe(
    '  … 0 of 2 · waiting for an agent',
  );
});

test('settled tasks are counted once, and no longer after a redrive', () => {
  const refused = event('task.refused', `task/${id(1)}`, {});
  expect(told(planned, refused)).toContain('1 of 2');
  expect(told(planned, refused, event('task.redriven', `task/${id(1)}`, {}))).toContain('0 of 2');
});

test('a pause is told while nothing is in hand, by whom and why', () => {
  const paused = event('workflow.paused', 'workflow/w', { by: 'ada', reason: 'lunch' });
  expect(told(paused)).toBe('  … paused by ada: lunch');
  expect(told(planned, paused)).toBe('  … 0 of 2 · paused by ada: lunch');
  expect(told(planned, paused, claimed(1, 'work', 'worker-1'))).toContain('working on parse');
  expect(told(planned, paused, event('workflow.resumed', 'workflow/w', {}))).toContain('waiting for an agent');
  const progress = progressAfter(noProgress, planned);
  expect(progressLine(progress, { by: 'bob', reason: null })).toBe('  … 0 of 2 · everything is paused by bob');
});
