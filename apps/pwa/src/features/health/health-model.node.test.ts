import { expect, test } from 'vitest';
import type { AgentSummary, BoxSummary, EndpointFigures, Figures, Health } from '@hive/events';
import { diagnosticsOf, problemsOf, type Known } from './health-model.ts';

const now = Date.parse('2026-01-01T12:00:00.000Z');
const well: Health = {
  version: '1',
  database: { name: 'SQLite at /home/ada/.hive/hive.db', version: '3', bytes: 5e6 },
  head: 10_000,
  steps: { ready: 0 },
  subscriptions: [{ name: 'queen', position: 9990 }],
  deadLetters: 0,
  paused: {},
  agents: 1,
  sandbox: 'bwrap',
  disk: { freeBytes: 1e10, totalBytes: 2e10, floorBytes: 1e9, lack: null },
  horizon: null,
  alerts: [],
  oldestReady: null,
  verified: null,
};
const known = (health: Partial<Health>, more: Partial<Known> = {}): Known => ({
  health: { ...well, ...health },
  agents: null,
  boxes: null,
  figures: null,
  ...more,
});
const words = (it: Known) => problemsOf(it, now).map(({ what }) => what);

test('nothing is wrong with a Hive that is well', () => {
  expect(words(known({}))).toEqual([]);
});

test('what is wrong is told, the worst first', () => {
  const told = problemsOf(
    known({
      paused: { work: { by: 'ada', at: '', reason: 'lunch' } },
      deadLetters: 2,
      oldestReady: { kind: 'check', taskId: null, correlationId: 'c', since: '2026-01-01T11:00:00.000Z' },
      subscriptions: [{ name: 'queen', position: 12 }],
      verified: { at: '', holds: false, broken: ['Every event has a cause'] },
    }),
    now,
  );
  expect(told.map(({ tone }) => tone)).toEqual(['failed', 'failed', 'waiting', 'waiting', 'waiting']);
  expect(told.map(({ what }) => what)).toEqual([
    'The last verify found broken: Every event has a cause',
    '2 dead letters: tasks that failed, or events that nobody could handle',
    'Steps of kind work are paused by ada: lunch',
    'A step to check has been ready for 1 h 00 m and nobody takes it',
    'queen is 9,988 events behind the log',
  ]);
});

test('a configured box that is away is a problem, the usual place without one is not', () => {
  const box = (since: string | null) =>
    ({ boxes: [{ name: 'ash', title: 'ash', status: 'away', since, reason: 'no route' } as BoxSummary] }) as const;
  expect(words(known({}, box('2026-01-01T11:00:00.000Z')))).toEqual(['Box ash is away: no route']);
  expect(words(known({}, box(null)))).toEqual([]);
});

const agent = (name: string, role: string, more: Partial<AgentSummary> = {}): AgentSummary => ({
  ...{ incarnation: name, agent: name, role, host: 'walnut', pid: 1, capabilities: [], status: 'idle', load: 0 },
  ...{ step: null, startedAt: '', beatAgeMs: 100, version: '1' },
  ...more,
});

test('a role without anybody alive and an agent that is silent are problems', () => {
  const agents = [
    agent('worker-1', 'worker', { status: 'gone', beatAgeMs: 90_000 }),
    agent('reviewer', 'reviewer', { beatAgeMs: 20_000 }),
  ];
  expect(words(known({}, { agents }))).toEqual(['No worker is alive', 'reviewer has been silent for 20.0 s']);
});

test('a model is failing when most of its calls failed, and more than two', () => {
  const of = (calls: number, failed: number, stepMs = 60_000) =>
    ({
      figures: {
        stepMs,
        endpoints: [{ provider: 'ollama', model: 'coder', box: 'ash', calls, failed } as EndpointFigures],
      } as unknown as Figures,
    }) as const;
  expect(words(known({}, of(5, 4)))).toEqual(['4 of 5 calls to ollama:coder on ash failed in the last hour']);
  expect(words(known({}, of(5, 4, 3_600_000)))).toEqual([
    '4 of 5 calls to ollama:coder on ash failed in the last 7 days',
  ]);
  expect(words(known({}, of(2, 2)))).toEqual([]);
  expect(words(known({}, of(10, 4)))).toEqual([]);
});

test('diagnostics carry no path, host, address or secret', () => {
  const text = diagnosticsOf(
    known(
      { alerts: [{ alert: 'x', message: 'token=abc123 at http://10.0.0.7:11434 in /home/ada/secret' }] },
      { agents: [agent('worker-1', 'worker')] },
    ),
  );
  for (const hidden of ['abc123', '10.0.0.7', 'ada', 'walnut']) expect(text).not.toContain(hidden);
  expect(JSON.parse(text)).toMatchObject({ health: { database: { name: 'SQLite' } } });
});
