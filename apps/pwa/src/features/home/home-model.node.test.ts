import { expect, test } from 'vitest';
import type { WorkflowSummary } from '@hive/events';
import { homeOf } from './home-model.ts';

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

test('the example is listed, needs nobody and counts nowhere', () => {
  const home = homeOf(
    [workflow('example', 'failed', 1, { example: true, merged: 7, counts: { merged: 7, refused: 3 } })],
    now,
  );
  expect(ids(home.recent)).toEqual(['example']);
  expect(home.needsYou).toEqual([]);
  expect(home.figures).toEqual({ running: 0, merged: 0, refused: 0, waiting: 0 });
});

test('figures count the tasks of the last day only', () => {
  const home = homeOf(
    [
      workflow('today', 'completed', 2, { merged: 4, counts: { merged: 4 } }),
      workflow('yesterday', 'failed', 25, { merged: 9, counts: { refused: 2 } }),
    ],
    now,
  );
  expect(home.figures).toMatchObject({ merged: 4, refused: 0 });
});
