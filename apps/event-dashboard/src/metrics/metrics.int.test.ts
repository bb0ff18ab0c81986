import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoggedEvent } from '@hive/core-db';
import { createDeskClient } from '@hive/events';
import { folder, makeRepo, openHouse, patch } from '@hive/front-desk/testing';
import { expect, test } from 'vitest';
import { dashboard, queries } from '../../grafana/dashboard.ts';
import { openDashboard, token } from '../testing/dashboard.ts';
import { createMetrics } from './create-metrics.ts';
import { createHttpMeter } from './http-meter.ts';

const guide = join(import.meta.dirname, '../../../../docs/guides/metrics.md');

/** A desk on a real store, with something on its log. */
const openMetered = async () => {
  const house = await openHouse();
  const file = join(folder(), 'metrics.json');
  const meter = createHttpMeter();
  const streams = { count: () => 2, behind: () => 5 };
  const open = () => createMetrics({ store: house.store, desk: house.desk, streams, meter, file });
  const { id } = await house.desk.submit({ goal: 'Say two', repo: makeRepo().dir, patch, checks: ['true'] });
  await house.start(id);
  return { ...house, file, meter, open, id };
};

const valueOf = (text: string, sample: string): number | null => {
  const line = text.split('\n').find((it) => it.startsWith(`${sample} `));
  return line === undefined ? null : Number(line.slice(sample.length + 1));
};

test('what the log holds is counted once, however often it is asked for, and goes on after a restart', async () => {
  const { open, move, id, file, store } = await openMetered();
  const metrics = open();
  const claimed = 'hive_events_total{type="workflow.submitted"}';
  for (let n = 0; n < 3; n++) expect(valueOf(await metrics.text(), claimed)).toBe(1);
  expect(valueOf(await metrics.text(), 'hive_workflows_submitted_total')).toBe(1);
  expect(valueOf(await metrics.text(), 'hive_streams')).toBe(2);
  expect(valueOf(await metrics.text(), 'hive_stream_lag_events')).toBe(5);
  metrics.keep();

  await move(id, { type: 'workflow.cancelled', stream: `workflow/${id}`, data: { workflowId: id } });
  let read = 0;
  const counting = { ...store, events: ((query) => ((read += 1), store.events(query))) as typeof store.events };
  const again = createMetrics({
    ...{ store: counting, desk: { health: () => Promise.resolve(sampleHealth) }, file },
    ...{ streams: { count: () => 0, behind: () => 0 }, meter: createHttpMeter() },
  });
  const text = await again.text();
  expect(valueOf(text, claimed)).toBe(1);
  expect(valueOf(text, 'hive_workflows_settled_total{state="cancelled"}')).toBe(1);
  expect(valueOf(text, 'hive_metrics_position')).toBe((await store.end()).position);
  expect(read).toBe(1);

  // Another log, or a file that says nothing: all of it is counted anew.
  for (const wrong of ['{', readFileSync(file, 'utf8').replace(/"eventId":"[^"]+"/, `"eventId":"${id}"`)]) {
    writeFileSync(file, wrong);
    expect(valueOf(await open().text(), claimed)).toBe(1);
  }
});

const sampleHealth = {
  ...{ version: '1', database: { name: 'x', version: 'y', bytes: 10 }, head: 7, steps: {}, subscriptions: [] },
  ...{ deadLetters: 0, paused: {}, agents: 3, sandbox: '', disk: null, horizon: null },
};

test('every line is one that Prometheus reads, and names keep to its conventions', async () => {
  const { open, meter } = await openMetered();
  meter.count('GET /tasks/{id}', 200, 0.02);
  meter.count('GET /tasks/{id}', 404, 20);
  const text = await open().text();
  const types = new Map<string, string>();
  for (const line of text.trimEnd().split('\n')) {
    expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z_]+="([^"\\\n]|\\.)*",?)+\})? -?[\d.e+-]+)$/);
    const [, name = '', type = ''] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name !== '') types.set(name, type);
  }
  for (const [name, type] of types) {
    expect(name.endsWith('_total'), name).toBe(type === 'counter');
    expect(name, 'base units').not.toMatch(/_(ms|milliseconds|kb|mb|percent)(_|$)/);
  }
  expect(valueOf(text, 'hive_http_request_duration_seconds_bucket{route="GET /tasks/{id}",le="0.025"}')).toBe(1);
  expect(valueOf(text, 'hive_http_request_duration_seconds_bucket{route="GET /tasks/{id}",le="10"}')).toBe(1);
  expect(valueOf(text, 'hive_http_request_duration_seconds_bucket{route="GET /tasks/{id}",le="+Inf"}')).toBe(2);
  expect(valueOf(text, 'hive_http_request_duration_seconds_sum{route="GET /tasks/{id}"}')).toBeCloseTo(20.02);
  expect(valueOf(text, 'process_resident_memory_bytes')).toBeGreaterThan(1e6);
});

/** Names that this may export, also those of which nobody knows anything here. */
const exported = async (): Promise<ReadonlySet<string>> => {
  const names = [...(await metricNames())];
  return new Set(names.flatMap((name) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]));
};

const metricNames = async (): Promise<ReadonlySet<string>> => {
  const { countedMetrics, noCounts } = await import('./fold-events.ts');
  const { measuredMetrics } = await import('./measure-hive.ts');
  const { processMetrics } = await import('./measure-process.ts');
  const nothing = { steps: [], heads: { workflow: {}, task: {} }, waiting: 0, boxes: [], counted: 0, now: 0 };
  const measured = measuredMetrics({ ...nothing, health: sampleHealth, streams: { count: 0, behind: 0 } });
  const all = [...measured, ...countedMetrics(noCounts()), ...createHttpMeter().metrics(), ...processMetrics()];
  return new Set(all.map(({ name }) => name));
};

test('the Grafana dashboard asks only for what is exported, is as its source says, and leaves no counter out', async () => {
  const known = await exported();
  const asked = new Set(queries.flatMap((query) => query.match(/\b(hive|process|nodejs)_\w+/g) ?? []));
  expect([...asked].filter((name) => !known.has(name))).toEqual([]);
  const own = [...(await metricNames())].filter((name) => /^hive_.*_total$/.test(name));
  expect(own.filter((name) => !asked.has(name))).toEqual([]);
  const file = readFileSync(join(import.meta.dirname, '../../grafana/hive.json'), 'utf8');
  expect(JSON.parse(file)).toEqual(dashboard());
});

test('the guide names every metric, and none that is not there', async () => {
  const names = await metricNames();
  const text = readFileSync(guide, 'utf8');
  const told = new Set(text.match(/\b(hive|process|nodejs)_[a-z_]+\b/g) ?? []);
  expect([...names].filter((name) => !told.has(name))).toEqual([]);
  const known = await exported();
  expect([...told].filter((name) => !known.has(name))).toEqual([]);
});

test('GET /metrics needs a token and is plain text', async () => {
  const { ask, app } = openDashboard({});
  expect((await ask('/api/v1/metrics', { headers: { authorization: '' } })).status).toBe(401);
  const answer = await ask('/api/v1/metrics');
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const fetch = ((url: string, init: RequestInit) => {
    const headers = { ...(init.headers as Record<string, string>), host: 'localhost:4483' };
    return app.request(url, { ...init, headers });
  }) as typeof globalThis.fetch;
  expect(await createDeskClient({ url: 'http://localhost:4483', token, fetch }).metrics()).toContain('hive_agents 3');
});

test('a log that was never counted is counted behind the answers, and others have their turn meanwhile', async () => {
  const { createLogCounts } = await import('./log-counts.ts');
  let pages = 0;
  let turns = 0;
  const full = Array.from({ length: 500 }, () => sampleEvent);
  const long = {
    event: () => Promise.resolve(null),
    events: () => Promise.resolve({ events: (pages += 1) < 200 ? full : [], looked: { xid: '0', position: 1 } }),
  };
  const counting = createLogCounts(long, join(folder(), 'metrics.json')).read();
  let isDone = false;
  void counting.then(() => (isDone = true));
  while (!isDone) {
    turns += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(pages).toBe(200);
  expect(turns).toBeGreaterThan(50);
});

const sampleEvent: LoggedEvent = {
  ...{ id: 'x', position: 1, type: 'task.ready', stream: 'task/x', version: 1, correlationId: 'x', causationId: null },
  ...{ actor: 'a', at: '2026-11-22T08:00:00Z', data: { taskId: 'x' }, cursor: { xid: '0', position: 1 } },
};
