import { expect, test } from 'vitest';
import type { TraceSummary } from '@hive/events';
import { fittingTraces, parseTraceFilter, withStatus } from './trace-filter.ts';

const now = Date.parse('2026-11-22T08:00:00Z');
const filter = (typed: string) => parseTraceFilter(typed, now).filter;
const problem = (typed: string) => parseTraceFilter(typed, now).problem;

test('every key has its condition, and words are the rest', () => {
  expect(
    filter('Parser STATUS:Failed repo:almanac author:oracle model:claude:c agent:worker/walnut-1 code:checks.red date'),
  ).toEqual({
    ...{ status: 'failed', repo: 'almanac', author: 'oracle', model: 'claude:c', agent: 'worker/walnut-1' },
    ...{ code: 'checks.red', text: 'Parser date' },
  });
  expect(filter('dur:>5m dur:<1.5h errors:>0 cost:>0.5 since:2d before:2026-11-21 text:"two words"')).toEqual({
    ...{ minMs: 300_000, maxMs: 5_400_000, minErrors: 1, minUsd: 0.5 },
    ...{ since: '2026-11-20T08:00:00.000Z', before: '2026-11-21T00:00:00.000Z', text: 'two words' },
  });
});

test('what is not understood is named, and the rest counts', () => {
  expect(problem('colour:red')).toContain('There is no filter colour');
  expect(problem('dur:5m')).toContain('dur:>5m');
  expect([problem('since:soon'), problem('cost:>much')]).not.toContain(null);
  expect(parseTraceFilter('colour:red status:failed', now).filter).toEqual({ status: 'failed' });
  expect([problem(''), problem('status:'), problem('a b')]).toEqual([null, null, null]);
});

const trace = (correlationId: string, goal: string | null, status: string | null): TraceSummary => ({
  ...{ correlationId, goal, status, firstAt: '', lastAt: '', events: 1, errors: 0 },
});

test('processes are shown when they are asked for', () => {
  const traces = [trace('aa', 'Fix the date parser', 'failed'), trace('cc', null, null)];
  const ids = (typed: string) => fittingTraces(traces, filter(typed)).map(({ correlationId }) => correlationId);
  expect(ids('')).toEqual(['aa']);
  expect(ids('status:process')).toEqual(['cc']);
  expect(ids('parser status:completed')).toEqual([]);
});

test('a status is set and taken away without touching the words', () => {
  expect(withStatus('status:failed date', 'completed')).toBe('status:completed date');
  expect(withStatus('status:failed date', null)).toBe('date');
});
