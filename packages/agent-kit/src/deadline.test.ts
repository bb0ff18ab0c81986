import type { TaskView, WorkflowView } from '@hive/events';
import { expect, test } from 'vitest';
import { deadlineMs } from './deadline.ts';

const minuteMs = 60_000;
const workflow = { submission: { checks: [{}, {}] } } as unknown as WorkflowView;
const task = (kind: 'change' | 'command') => ({ spec: { kind, timeoutS: 120, checks: [{}] } }) as unknown as TaskView;

test('a step has time for all of its commands, each with all of its time', () => {
  expect(deadlineMs({ kind: 'work', task: task('change'), workflow })).toBe(72 * minuteMs);
  expect(deadlineMs({ kind: 'check', task: task('change'), workflow })).toBe((70 + 2 + 9 * 2) * minuteMs);
  expect(deadlineMs({ kind: 'work', task: task('command'), workflow })).toBe((70 + 2 + 9 * 2) * minuteMs);
  expect(deadlineMs({ kind: 'plan', task: null, workflow })).toBe(80 * minuteMs);
});

test('where checks are repeated and mutants tried there is time for that too', () => {
  const proof = { repeat: 2, mutants: { budgetS: 600 } };
  const policed = { submission: { ...workflow.submission, policy: { proof } } } as unknown as WorkflowView;
  expect(deadlineMs({ kind: 'check', task: task('change'), workflow: policed })).toBe(
    (70 + 2 + 3 * 14 * 2 + 10) * minuteMs,
  );
});
