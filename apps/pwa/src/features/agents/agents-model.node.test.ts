import { expect, test } from 'vitest';
import type { AgentSummary, Figures, HiveEvent } from '@hive/events';
import { activityOf, agentRows, assignmentsOf, isOver, successOf, windowWords } from './agents-model.ts';

const agent = (name: string, more: Partial<AgentSummary> = {}): AgentSummary => ({
  ...{ incarnation: `i-${name}`, agent: name, role: 'worker', host: 'ash', pid: 1, capabilities: [], status: 'idle' },
  ...{ load: 0, step: null, startedAt: '', beatAgeMs: 100, version: '1' },
  ...more,
});
const figures = (name: string) => ({ agents: [{ agent: name, good: 9, failed: 2, lost: 1 }] }) as unknown as Figures;

test('what needs a look comes first, and the dead whose work goes on are left out', () => {
  const rows = agentRows(
    [
      agent('worker-1', { incarnation: 'old', status: 'gone', beatAgeMs: 900_000 }),
      agent('worker-1', { status: 'busy' }),
      agent('worker-2', { beatAgeMs: 20_000 }),
      agent('planner', { status: 'gone', beatAgeMs: 900_000 }),
    ],
    { day: figures('worker-1') },
  );
  expect(rows.map(({ agent: { agent: name }, state }) => [name, state])).toEqual([
    ['worker-2', 'stalled'],
    ['worker-1', 'busy'],
    ['planner', 'gone'],
  ]);
  expect(successOf(rows[1]?.day ?? null)).toEqual({ share: 0.75, of: 12 });
  expect(successOf(rows[0]?.day ?? null)).toBeNull();
});

const event = (type: string, data: object, more: object = {}) =>
  ({ type, stream: 'task/t', actor: 'orchestrator/queen', data, ...more }) as unknown as HiveEvent;

test('an assignment has its reason and its end', () => {
  const events = [
    event('task.submitted', { token: 2, step: 'work' }, { actor: 'worker/worker-1' }),
    event('task.claimed', { step: 'work', agent: 'worker-1', token: 2 }),
    event('task.assigned', { step: 'work', because: 'it wrote the file before' }),
    event('task.attempt_failed', { token: 1, step: 'work' }, { actor: 'worker/worker-1' }),
    event('task.claimed', { step: 'work', agent: 'worker-1', token: 1 }),
    event('task.claimed', { step: 'work', agent: 'worker-2', token: 1 }, { stream: 'task/other' }),
  ];
  expect(assignmentsOf(events, 'worker-1').map((it) => [it.because, it.outcome?.type])).toEqual([
    ['it wrote the file before', 'task.submitted'],
    [null, 'task.attempt_failed'],
  ]);
  expect(activityOf(events, 'worker-1')).toHaveLength(4);
});

test('windows of plans are said in words, and one that has begun anew is known', () => {
  expect(windowWords({ kind: 'five_hour', of: 'claude', model: null })).toBe('five hours of claude');
  expect(windowWords({ kind: 'tokens_per_minute', of: 'claude', model: 'sonnet' })).toBe(
    'tokens per minute of claude, sonnet',
  );
  expect([isOver({ resetsAt: '2026-01-01T00:00:00Z' }, Date.now()), isOver({ resetsAt: null }, 0)]).toEqual([
    true,
    false,
  ]);
});
