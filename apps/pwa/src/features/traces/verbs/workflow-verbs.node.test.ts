import type { Result, TaskResult } from '@hive/events';
import { expect, test } from 'vitest';
import { aboutCancel, aboutRetry, isEffectOf, retriedTasks, verbsOf } from './workflow-verbs.ts';

const task = (key: string, status: TaskResult['status']) => ({ id: `id-${key}`, key, status }) as TaskResult;
const result = (status: Result['status'], ...tasks: TaskResult[]) =>
  ({ workflow: 'w', status, tasks, merged: 0, branch: null }) as unknown as Result;
const offered = (of: Result) => verbsOf(of).flatMap(({ id, why }) => (why === null ? [id] : []));

test.each<[Result['status'], string[]]>([
  ['submitted', ['pause', 'cancel']],
  ['planned', ['pause', 'cancel']],
  ['running', ['pause', 'cancel']],
  ['waiting', ['pause', 'cancel']],
  ['paused', ['resume', 'cancel']],
  ['completed', []],
  ['failed', []],
  ['cancelled', []],
])('a workflow that is %s and has no task that ended badly', (status, verbs) => {
  expect(offered(result(status, task('a', 'merged')))).toEqual(verbs);
});

test('every verb that does not fit says why', () => {
  for (const status of ['submitted', 'running', 'paused', 'completed', 'failed', 'cancelled'] as const)
    for (const { why } of verbsOf(result(status))) expect(why === null || why.length > 10).toBe(true);
  expect(verbsOf(result('failed')).find(({ id }) => id === 'retry')?.why).toContain('no plan came about');
});

test('what ended badly by itself is retried; what it had blocked only where nothing else is left', () => {
  const [bad, blocked] = [task('bad', 'infra'), task('later', 'blocked')];
  const failed = result('failed', task('good', 'merged'), bad, blocked);
  expect(retriedTasks(failed)).toEqual([bad]);
  expect(retriedTasks(result('failed', blocked))).toEqual([blocked]);
  expect(offered(failed)).toEqual(['retry']);
  expect(offered(result('running', task('on', 'working'), bad))).toEqual(['pause', 'retry', 'cancel']);
  expect(aboutRetry(failed)).toMatch(/^bad begins anew.*resumed\.$/);
  expect(aboutRetry(result('paused', bad))).toContain('wait until');
});

test('what is cancelled is counted, and what is merged stays', () => {
  const running = { ...result('running', task('a', 'merged'), task('b', 'working'), task('c', 'blocked')), merged: 1 };
  expect(aboutCancel({ ...running, branch: 'hive/x' })).toMatch(/^1 open task ends.*stays on hive\/x/);
});

test('a verb is done when its own event has come', () => {
  const of = result('failed', task('a', 'refused'));
  expect(isEffectOf('pause', of)({ type: 'workflow.paused', stream: 'workflow/w' })).toBe(true);
  expect(isEffectOf('pause', of)({ type: 'workflow.paused', stream: 'workflow/other' })).toBe(false);
  expect(isEffectOf('retry', of)({ type: 'task.redriven', stream: 'task/id-a' })).toBe(true);
  expect(isEffectOf('retry', of)({ type: 'task.redriven', stream: 'task/id-b' })).toBe(false);
});
