import { expect, test } from 'vitest';
import { lastWords, whenWords } from './schedule-words.ts';

const local = (iso: string) => iso.slice(0, 10);

test('when it is handed in, and what becomes of what was missed', () => {
  expect(whenWords({ timing: { at: '2040-01-31T22:00:00.000Z' }, missed: { policy: 'once' } }, local)).toBe(
    'Once, at 2040-01-31',
  );
  const nightly = { cron: '0 22 * * 1-5', zone: 'Europe/Berlin' };
  expect(whenWords({ timing: nightly, missed: { policy: 'skip' } }, local)).toBe(
    'Again and again: 0 22 * * 1-5, Europe/Berlin; a moment that was missed is left out',
  );
});

test('what became of the last moment: a workflow, the one that was there, or why none', () => {
  const of = (workflowId: string | null, code: string | null, reason: string | null) =>
    lastWords({ last: { tick: 't', at: 't', workflowId, code, reason } });
  expect(lastWords({ last: null })).toBeNull();
  expect(of('w', null, null)).toBe('handed in');
  expect(of('w', null, 'one is open')).toBe('not handed in anew: one is open');
  expect(of(null, 'repo.invalid', 'It is gone')).toBe('not handed in: repo.invalid: It is gone');
});
