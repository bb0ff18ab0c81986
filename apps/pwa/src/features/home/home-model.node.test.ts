import { expect, test } from 'vitest';
import type { LimitWindow, WorkflowSummary } from '@hive/events';
import { homeOf, leftOf, nextReset } from './home-model.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const hours = (n: number) => new Date(now - n * 3_600_000).toISOString();
const workflow = (id: string, status: string, ageH: number, more: Partial<WorkflowSummary> = {}): WorkflowSummary => ({
  id,
  goal: id,
  repo: '/r',
  status,
  tasks: 3,
  merged: 0,
  counts: {},
  example: false,
  submittedAt: hours(ageH),
  settledAt: hours(ageH),
  ...more,
});
const ids = (list: readonly WorkflowSummary[]) => list.map(({ id }) => id);

test('what waits comes before what failed, and an old failure is no longer pressing', () => {
  const home = homeOf(
    [workflow('old', 'failed', 30), workflow('fresh', 'failed', 1), workflow('asks', 'waiting', 90)],
    now,
  );
  expect(ids(home.needsYou)).toEqual(['asks', 'fresh']);
  expect(ids(home.recent)).toEqual(['old']);
});

test('a running workflow that lost a task needs you, one that lost none just runs', () => {
  const home = homeOf(
    [
      workflow('lost', 'running', 0.1, { counts: { refused: 1 }, settledAt: null }),
      workflow('well', 'running', 0.1, { settledAt: null }),
    ],
    now,
  );
  expect(ids(home.needsYou)).toEqual(['lost']);
  expect(ids(home.running)).toEqual(['well']);
});

test('the example is listed and needs nobody', () => {
  const home = homeOf([workflow('example', 'failed', 1, { example: true, counts: { merged: 7, refused: 3 } })], now);
  expect(ids(home.recent)).toEqual(['example']);
  expect(home.needsYou).toEqual([]);
});

test('a workflow that waits for an approval is told once, by the approval', () => {
  const home = homeOf([workflow('asks', 'waiting', 1), workflow('stuck', 'waiting', 2)], now, [{ workflowId: 'asks' }]);
  expect(ids(home.needsYou)).toEqual(['stuck']);
  expect(ids(home.running)).toEqual(['asks']);
});

test('what is left is told from five measured workflows of the same repository on', () => {
  const done = (id: string, minutes: number, more = {}) =>
    workflow(id, 'completed', 2, {
      submittedAt: new Date(now - (120 + minutes) * 60_000).toISOString(),
      tasks: 2,
      ...more,
    });
  const runs = workflow('runs', 'running', 0.1, { tasks: 4, merged: 1, settledAt: null });
  const four = [done('a', 2), done('b', 4), done('c', 6), done('d', 20)];
  expect(leftOf(runs, [...four, done('elsewhere', 6, { repo: '/other' })])).toBeNull();
  expect(leftOf(runs, [...four, done('e', 8)])).toEqual({ ms: 3 * 3 * 60_000, measured: 5 });
});

test('the next reset is the nearest one that is still to come', () => {
  const limit = (kind: string, resetsAt: string | null) => ({ kind, resetsAt }) as LimitWindow;
  const next = nextReset(
    [limit('past', hours(1)), limit('far', hours(-5)), limit('near', hours(-2)), limit('x', null)],
    now,
  );
  expect(next?.kind).toBe('near');
  expect(nextReset([limit('past', hours(1))], now)).toBeNull();
});
