import { expect, test } from 'vitest';
import type { Report } from '@hive/events';
import { reportWords } from './report-words.ts';

const report = (more: object) =>
  ({ merged: [], refused: [], waiting: [], limits: [], usage: [], repeated: [], ...more }) as unknown as Report;

test('a night is told in a few sentences, dollars only where there is a price', () => {
  const usage = { provider: 'claude', calls: 2, input: 1200, output: 300 };
  const told = reportWords(
    report({
      merged: [{}, {}],
      waiting: [{}],
      limits: [{ provider: 'claude', kind: 'five_hour', tasks: 3, waitedMs: 7_200_000 }],
      usage: [
        { ...usage, model: 'a', costUsd: 0.5 },
        { ...usage, model: 'b', costUsd: null },
      ],
      repeated: [{ step: 'work', why: 'failed', count: 1 }],
    }),
  );
  expect(told).toEqual({
    outcome: '2 merged, 0 not through, 1 waits for you',
    limits: ['3 tasks waited 2 h 00 m for claude (five_hour)'],
    models: ['claude:a: 2 calls, 1.5K tokens, 0.50 USD', 'claude:b: 2 calls, 1.5K tokens'],
    again: 'Done again: work failed 1 time',
  });
  expect(reportWords(report({})).outcome).toBe('0 merged, 0 not through');
});
