import type { Health } from '@hive/events';
import { expect, test } from 'vitest';
import { metricsOf } from './metrics.ts';
import { openDashboard } from './testing/dashboard.ts';

const health: Health = {
  version: '1',
  database: { name: 'x', version: 'y', bytes: 10 },
  head: 7,
  steps: { ready: 2, claimed: 1 },
  subscriptions: [{ name: 'a "b"', position: 6 }],
  deadLetters: 0,
  paused: {},
  agents: 3,
  sandbox: '',
  disk: null,
  horizon: { hidden: 4, lagMs: 2500, blocker: 'session 7' },
};

test('metrics are lines that Prometheus reads, with quotes in labels escaped', () => {
  const lines = metricsOf(health).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      '# TYPE hive_steps gauge',
      'hive_steps{state="ready"} 2',
      'hive_subscription_position{subscription="a \\"b\\""} 6',
      'hive_horizon_lag_seconds 2.5',
      'hive_horizon_hidden_events 4',
    ]),
  );
  for (const line of lines) expect(line).toMatch(/^(# (HELP|TYPE) \S+ .+|[a-z_]+(\{.+\})? [\d.]+|)$/);
});

test('where readers cannot be held back nothing is said about it', () => {
  expect(metricsOf({ ...health, horizon: null })).not.toContain('horizon');
});

test('GET /metrics needs the token and is plain text', async () => {
  const { ask } = openDashboard({ health: () => Promise.resolve(health) });
  expect((await ask('/api/v1/metrics', { headers: { authorization: '' } })).status).toBe(401);
  const answer = await ask('/api/v1/metrics');
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await answer.text()).toContain('hive_agents 3\n');
});
