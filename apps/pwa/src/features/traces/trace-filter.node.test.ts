import { expect, test } from 'vitest';
import type { TraceSummary } from '@hive/events';
import { fittingTraces, parseTraceFilter, withStatus } from './trace-filter.ts';

const trace = (correlationId: string, goal: string | null, status: string | null): TraceSummary => ({
  correlationId,
  goal,
  status,
  firstAt: '',
  lastAt: '',
  events: 1,
  errors: 0,
});
const traces = [
  trace('…aa11', 'Fix the date parser', 'failed'),
  trace('…bb22', 'Release chores', 'completed'),
  trace('…cc33', null, null),
];
const fitting = (typed: string) =>
  fittingTraces(traces, parseTraceFilter(typed)).map(({ correlationId }) => correlationId);

test('words, statuses and ids are found in any order', () => {
  expect(fitting('PARSER status:failed date')).toEqual(['…aa11']);
  expect(fitting('status:failed,completed')).toEqual(['…aa11', '…bb22']);
  expect(fitting('bb22')).toEqual(['…bb22']);
  expect(fitting('status:failed chores')).toEqual([]);
});

test('processes are shown when they are asked for', () => {
  expect(fitting('')).toEqual(['…aa11', '…bb22']);
  expect(fitting('status:process')).toEqual(['…cc33']);
});

test('a status is set and taken away without touching the words', () => {
  expect(withStatus('status:failed date', 'completed')).toBe('status:completed date');
  expect(withStatus('status:failed date', null)).toBe('date');
});
