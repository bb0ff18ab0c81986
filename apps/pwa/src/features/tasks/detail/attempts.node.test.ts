import type { HiveEvent } from '@hive/events';
import { expect, test } from 'vitest';
import { attemptsOf, spentOn, type Turn } from './attempts.ts';

let n = 0;
const told = (type: string, data: object, taskId = 't'): HiveEvent =>
  ({
    id: `e${(n += 1)}`,
    position: n,
    type,
    stream: `task/${taskId}`,
    at: `2026-01-01T00:00:${String(n).padStart(2, '0')}Z`,
    data: { taskId, ...data },
  }) as unknown as HiveEvent;
const claimed = (token: number, step = 'work') =>
  told('task.claimed', { step, attempt: token, token, agent: `worker-${token}` });
const called = (more: object) =>
  told('model.called', { role: 'worker', input: 10, output: 5, costUsd: 0, totalMs: 100, ...more });

test('an attempt that failed, one whose worker vanished, and one that was returned: each says why the next one came', () => {
  const attempts = attemptsOf('t', [
    claimed(1),
    called({ token: 1 }),
    told('task.attempt_failed', {
      step: 'work',
      code: 'model.bad_output',
      reason: 'prose',
      final: false,
      retryAt: null,
    }),
    claimed(2),
    told('task.lease_expired', { step: 'work', agent: 'worker-2', reason: 'silent', final: false }),
    claimed(3),
    called({}),
    called({ token: 3 }),
    told('task.submitted', { commit: 'abcdef0123', author: 'ollama:m@box' }),
    claimed(4, 'check'),
    told('task.checked', { evidence: { commands: [] }, verdict: { code: 'checks.red', reason: '3 tests fail' } }),
    told('task.returned', { findings: [{ rule: 'x', message: 'mind the gap' }] }),
    claimed(5),
  ]);
  expect(attempts.map(({ outcome: { word }, next, turns }) => [word, next, turns.length])).toEqual([
    ['Failed', 'The attempt failed and is made again', 1],
    ['Lease lost', 'worker-2 was gone or silent, so somebody else took the work', 0],
    ['Handed in', 'It was returned: mind the gap', 2],
    ['Working', null, 0],
  ]);
  expect(attempts[2]).toMatchObject({ author: 'ollama:m@box', agent: 'worker-3' });
  expect(attempts[2]?.after).toEqual([
    expect.objectContaining({ text: 'Checked: checks.red: 3 tests fail', bad: true }),
  ]);
});

test('what others do, and what a reviewer asks a model, is not an attempt of this author', () => {
  const attempts = attemptsOf('t', [
    claimed(1),
    told('task.claimed', { step: 'work', attempt: 1, token: 1, agent: 'worker-9' }, 'other'),
    called({ role: 'reviewer', token: 1 }),
    told('task.cancelled', {}, 'other'),
  ]);
  expect(attempts).toHaveLength(1);
  expect(attempts[0]).toMatchObject({ turns: [], outcome: { word: 'Working' } });
});

test('a note of a person is why the next attempt came', () => {
  const [first] = attemptsOf('t', [
    claimed(1),
    told('task.refused', { code: 'checks.red', reason: 'red' }),
    told('task.redriven', { note: 'use UTC' }),
  ]);
  expect(first).toMatchObject({ outcome: { word: 'Refused', code: 'checks.red' }, next: 'It was retried: use UTC' });
});

test('figures are summed, and one that was not reported makes the sum unknown', () => {
  const turn = (more: object) => ({ input: 1, output: 2, costUsd: 0.5, totalMs: 3, ...more }) as Turn;
  expect(spentOn([turn({}), turn({})])).toEqual({ input: 2, output: 4, costUsd: 1, ms: 6 });
  expect(spentOn([turn({}), turn({ output: null })])).toMatchObject({ input: 2, output: null });
  expect(spentOn([])).toMatchObject({ input: 0 });
});
