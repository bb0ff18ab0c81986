import { describe, expect, test } from 'vitest';
import {
  isOpen,
  nextTaskState,
  nextWorkflowState,
  taskStates,
  taskTransitions,
  type TaskState,
} from './transitions.ts';

const change = (type: string, step?: string) =>
  ({ type, data: { ...(step && { step }) } }) as Parameters<typeof nextTaskState>[1];

describe('the table of a task', () => {
  test.each([
    [null, 'task.created', undefined, 'pending'],
    ['pending', 'task.ready', undefined, 'ready'],
    ['ready', 'task.claimed', 'work', 'working'],
    ['working', 'task.lease_expired', 'work', 'ready'],
    ['working', 'task.submitted', 'work', 'submitted'],
    ['working', 'task.completed', 'work', 'completed'],
    ['submitted', 'task.checked', 'check', 'checked'],
    ['checked', 'task.review_completed', 'review', 'reviewed'],
    ['reviewed', 'task.merged', 'merge', 'merged'],
    ['waiting', 'task.returned', undefined, 'ready'],
    ['reviewed', 'task.escalated', undefined, 'waiting'],
    ['dead_lettered', 'task.cancelled', undefined, 'cancelled'],
    ['failed', 'task.discarded', undefined, 'failed'],
    ['refused', 'task.redriven', undefined, 'pending'],
  ] as const)('%s: %s (%s) leads to %s', (from, type, step, to) => {
    expect(nextTaskState(from, change(type, step))).toBe(to);
  });

  test.each([
    ['pending', 'task.claimed', 'work'],
    ['ready', 'task.submitted', 'work'],
    ['submitted', 'task.merged', 'merge'],
    ['checked', 'task.checked', 'check'],
    ['checked', 'task.returned', undefined],
    ['ready', 'task.refused', undefined],
    ['working', 'task.claimed', 'check'],
    ['submitted', 'task.claimed', 'plan'],
    ['merged', 'task.redriven', undefined],
    ['completed', 'task.redriven', undefined],
    ['merged', 'task.cancelled', undefined],
    ['dead_lettered', 'task.discarded', undefined],
    ['working', 'task.discarded', undefined],
    [null, 'task.ready', undefined],
  ] as const)('%s: %s (%s) is refused', (from, type, step) => {
    expect(nextTaskState(from, change(type, step))).toBeNull();
  });

  test('events of a step other than work change nothing where that step is due', () => {
    for (const type of ['task.assigned', 'task.claimed', 'task.lease_expired', 'task.attempt_failed', 'task.snoozed']) {
      expect(nextTaskState('submitted', change(type, 'check'))).toBe('submitted');
      expect(nextTaskState('reviewed', change(type, 'merge'))).toBe('reviewed');
      expect(nextTaskState('pending', change(type, 'work'))).toBeNull();
    }
  });

  test('no settled task moves but by a redrive or the discard of a dead letter', () => {
    const settled = taskStates.filter((state) => !isOpen(state));
    const moves = taskTransitions.filter((row) => row.from.some((from) => settled.includes(from as TaskState)));
    expect(moves.map((row) => row.event)).toEqual(['task.cancelled', 'task.discarded', 'task.redriven']);
  });
});

test('a workflow that was paused goes on where it was, one that failed goes on running', () => {
  expect(nextWorkflowState('planned', 'workflow.paused', null)).toBe('paused');
  expect(nextWorkflowState('paused', 'workflow.resumed', 'planned')).toBe('planned');
  expect(nextWorkflowState('failed', 'workflow.resumed', null)).toBe('running');
  expect(nextWorkflowState('completed', 'workflow.cancelled', null)).toBeNull();
  expect(nextWorkflowState('running', 'workflow.submitted', null)).toBeNull();
});
