import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InvariantReport } from '@hive/core-db';
import {
  inDatabase,
  onServer,
  startPostgresProxy,
  testPostgres,
  type PostgresProxy,
  type TestPostgres,
} from '@hive/core-db/testing';
import type { Result } from '@hive/events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { agentPid, example, hasHappened, makeHome, outcomes, processesOf, until, type Home } from './hive.ts';

const agents = ['orchestrator', 'planner', 'worker-1', 'worker-2', 'reviewer', 'event-dashboard'];
let place: TestPostgres;
let proxy: PostgresProxy;
let home: Home;

beforeEach(async () => {
  place = await testPostgres({ empty: true });
  proxy = await startPostgresProxy(place.url);
  home = await makeHome({ HIVE_DATABASE_URL: proxy.url });
});
afterEach(async () => {
  await home.remove();
  await proxy.close();
  await place.drop();
});

/** Asks the API of the building as a program does, and says how long it took. */
const api = async (path: string, method = 'GET') => {
  const { url } = JSON.parse(await readFile(join(home.home, 'run.json'), 'utf8')) as { url: string };
  const token = (await readFile(join(home.home, 'token'), 'utf8')).trim();
  const began = performance.now();
  const answer = await fetch(`${url}/api/v1${path}`, { method, headers: { authorization: `Bearer ${token}` } });
  await answer.body?.cancel();
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), ms: performance.now() - began };
};

const brokenOf = async (): Promise<readonly InvariantReport[]> => {
  const { invariants } = await home.json<{ invariants: InvariantReport[] }>('verify');
  return invariants.filter((report) => report.status === 'broken');
};

test('the whole building on PostgreSQL: the example ends as expected although the database was away in the middle of it', async () => {
  const up = await home.up();
  const repo = await example.repo(home);
  const { workflow } = await home.json<Result>('run', 'Example', '--repo', repo, '--plan', example.plan, '--detach');
  await until('work is in hand', hasHappened(home, workflow, 'task.claimed'));
  const pids = await Promise.all(agents.map((agent) => agentPid(home.home, agent)));

  await proxy.weather('blackhole');
  const paths = ['/workflows', `/workflows/${workflow}`, '/system/health', '/agents', '/traces', '/stream'];
  const asked = await Promise.all([...paths.map((path) => api(path)), api(`/workflows/${workflow}/cancel`, 'POST')]);
  for (const { status, retryAfter, ms } of asked) {
    expect({ status, retryAfter: Number(retryAfter) > 0 }).toEqual({ status: 503, retryAfter: true });
    expect(ms).toBeLessThan(30_000);
  }
  const told = await home.hive('status', '--json');
  expect(told.code).toBe(78);
  expect(JSON.parse(told.stdout)).toMatchObject({ error: { code: 'store.unavailable', remedy: 'retry' } });

  await proxy.weather('refused');
  expect(await api('/workflows')).toMatchObject({ status: 503 });
  const alone = await home.hive('verify');
  expect(alone).toMatchObject({ code: 78, stdout: '' });
  expect(alone.stderr).toMatch(/^PostgreSQL at 127\.0\.0\.1:\d+\/\S+ does not answer \(.*\n$/);

  await proxy.weather('fair');
  await until('the control room answers', async () => (await api('/system/health')).status === 200, 60_000);
  const result = await home.json<Result>('wait', workflow);
  expect(outcomes(result)).toEqual(await example.expected());
  // Nobody had to be started again.
  expect(await Promise.all(agents.map((agent) => agentPid(home.home, agent)))).toEqual(pids);
  expect(await brokenOf()).toEqual([]);
  const doctor = await home.json<{ findings: { about: string; status: string; says: string }[] }>('doctor');
  expect(doctor.findings.find((finding) => finding.about === 'database')).toMatchObject({ status: 'ok' });
  // What it stored lies in files of its home, which another one does not have.
  const second = await makeHome({ HIVE_DATABASE_URL: proxy.url });
  const refused = await second.hive('up', '--json');
  expect(refused.code).toBe(78);
  expect(refused.stdout).toContain(`belongs to another HIVE_HOME than ${second.home}`);
  await second.remove();
  expect((await home.hive('down')).code).toBe(0);
  await up.exited;
  expect(await processesOf(home.home)).toEqual([]);
});

test('npm start -- --once runs the example in a database of its own', async () => {
  const ended = await home.hive('start', '--once');
  expect(ended.stdout).toContain('all 10 as expected');
  expect(ended.code).toBe(0);
  const own = new URL(proxy.url).pathname.slice(1);
  const made = await onServer(place.url, `select datname from pg_database where datname like '${own}_example_%'`);
  expect(
    await onServer(
      inDatabase(place.url, made),
      `select count(*) from event where type = 'workflow.completed' or type = 'workflow.failed'`,
    ),
  ).toBe('1');
  // Nothing was made in the user's own.
  expect(await onServer(place.url, `select to_regclass('event')`)).toBe('');
  await onServer(place.url, `drop database ${made} with (force)`);
});

test('hive up without its database starts nothing and says what is missing', async () => {
  await proxy.weather('refused');
  const ended = await home.hive('up', '--json');
  expect(ended.code).toBe(78);
  expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'store.unavailable' } });
  expect(await processesOf(home.home)).toEqual([]);
});
