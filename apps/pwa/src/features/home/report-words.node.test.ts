import { expect, test } from 'vitest';
import type { Report } from '@hive/events';
import { reportWords } from './report-words.ts';

const report = (more: object) =>
  ({
    since: 's',
    merged: [],
    refused: [],
    waiting: [],
    limits: [],
    usage: [],
    repeated: [],
    ...more,
  }) as unknown as Report;

test('a day is told in a few sentences with their events, dollars only where there is a price', () => {
  const usage = { provider: 'claude', calls: 2, input: 1200, output: 300 };
  const told = reportWords(
    report({
      limits: [{ provider: 'claude', kind: 'five_hour', tasks: 3, waitedMs: 7_200_000 }],
      usage: [
        { ...usage, model: 'a', costUsd: 0.5 },
        { ...usage, model: 'b', costUsd: null },
      ],
      repeated: [{ step: 'work', why: 'failed', count: 1 }],
    }),
  );
  expect(told.map(({ said }) => said)).toEqual([
    '3 tasks waited 2 h 00 m for claude (five_hour)',
    'claude:a: 2 calls, 1.5K tokens, 0.50 USD',
    'claude:b: 2 calls, 1.5K tokens',
    'Done again: work failed 1 time',
  ]);
  expect(told[1]?.query).toEqual({ types: ['model.called'], since: 's', text: 'a' });
  expect(reportWords(report({}))).toEqual([]);
});
