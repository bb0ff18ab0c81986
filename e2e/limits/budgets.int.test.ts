import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createLostCalls } from '@hive/agent-kit';
import { createRepo } from '@hive/agent-kit/testing';
import { testPostgres } from '@hive/core-db/testing';
import { pino } from 'pino';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { asker, ended, openDoubles, question, told, type Doubles } from './asking.ts';

let doubles: Doubles;
afterEach(() => doubles.close());

const repo = { repo: '/nowhere', base: '1'.repeat(40) };
const box = 'ollama:tiny@walnut';
/** What each call of these doubles takes: 60 read, 40 written. */
const perCall = 100;

const spent = async () =>
  (await told(doubles.house, 'model.called')).reduce(
    (sum, it) => sum + (it.type === 'model.called' ? (it.data.input ?? 0) + (it.data.output ?? 0) : 0),
    0,
  );

test('a budget among many callers at once is warned of once, ends once, and is exceeded by one call at most', async () => {
  const slow = { kind: 'slow', ms: 200, at: 'first_token' } as const;
  const rules = [{ reply: { text: 'Yes.', usage: { input: 60, output: 40 } }, fault: slow }];
  doubles = await openDoubles('', { claude: { rules } });
  const { house } = doubles;
  const ids = await house.begin(
    { ...repo, budget: { tokens: 450 } },
    ...Array.from({ length: 10 }, () => ({ model: 'claude:sonnet' })),
  );
  for (const id of ids) await house.enqueue(id, 'work', { maxAttempts: 1 });
  for (const name of ['worker-1', 'worker-2'])
    await house.start(
      asker(null, () => question('How?')),
      name,
    );
  const exhausted = async () => (await told(house, 'task.attempt_failed', 'task.refused')).length;
  await expect.poll(exhausted).toBe(ids.length);
  expect(await spent()).toBeGreaterThanOrEqual(450);
  expect(await spent()).toBeLessThan(450 + perCall);
  const failures = await told(house, 'task.attempt_failed');
  expect(new Set(failures.map((it) => it.type === 'task.attempt_failed' && it.data.code))).toEqual(
    new Set(['budget.exhausted']),
  );
  expect((await told(house, 'budget.warned', 'budget.exhausted')).map((it) => it.type)).toEqual([
    'budget.warned',
    'budget.exhausted',
  ]);
  expect(await house.broken()).toEqual([]);
});

test('a budget among processes on one PostgreSQL is exceeded by one call at most', async () => {
  const { url, drop } = await testPostgres();
  onTestFinished(drop);
  const slow = { kind: 'slow', ms: 200, at: 'first_token' } as const;
  const rules = [{ reply: { text: 'Yes.', usage: { input: 60, output: 40 } }, fault: slow }];
  const env = { HIVE_DATABASE_URL: url };
  doubles = await openDoubles('budgets: { day: { tokens: 450 } }', { claude: { rules }, env });
  const { house, claude } = doubles;
  const other = spawn(process.execPath, [join(import.meta.dirname, 'asker-main.ts')], {
    env: {
      ...env,
      PATH: process.env['PATH'],
      HOME: house.folder,
      HIVE_HOME: house.config.home,
      HIVE_AGENT_NAME: 'worker-2',
      ANTHROPIC_API_KEY: 'sk-canary-4711',
      ANTHROPIC_BASE_URL: claude.url,
    },
    stdio: 'ignore',
  });
  const gone = once(other, 'exit');
  onTestFinished(() => void other.kill('SIGKILL'));
  await house.start(
    asker(null, () => question('How?')),
    'worker-1',
  );
  const whoIn = async (type: string) => new Set((await told(house, type)).map(({ actor }) => actor)).size;
  await expect.poll(() => whoIn('agent.registered'), { timeout: 60_000 }).toBe(2);
  const ids = await house.begin(repo, ...Array.from({ length: 12 }, () => ({ model: 'claude:sonnet' })));
  for (const id of ids) await house.enqueue(id, 'work', { maxAttempts: 1 });
  const parked = async () => (await told(house, 'model.parked')).length;
  await expect.poll(parked, { timeout: 60_000 }).toBeGreaterThan(0);
  expect(await whoIn('task.claimed')).toBe(2);
  other.kill('SIGTERM');
  await gone;
  expect(await spent()).toBe(500);
  expect((await told(house, 'model.intended')).length).toBe(5);
  expect(await house.broken()).toEqual([]);
}, 90_000);

test('a budget of the day parks work until tomorrow, and one of a model leaves the others alone', async () => {
  doubles = await openDoubles("budgets: { models: { 'claude:sonnet': { tokens: 50 } } }");
  const { house } = doubles;
  const [first = '', second = '', other = ''] = await house.begin(
    repo,
    { model: 'claude:sonnet' },
    { model: 'claude:sonnet' },
    { model: box },
  );
  await house.start(asker(null, () => question('x')));
  for (const id of [first, second, other]) {
    await house.enqueue(id, 'work', { maxAttempts: 1 });
    if (id !== second) await ended(house, [id]);
    else await expect.poll(async () => (await told(house, 'model.parked')).length).toBe(1);
  }
  const midnight = new Date();
  midnight.setHours(24, 0, 0, 0);
  expect((await told(house, 'model.parked'))[0]?.data).toMatchObject({
    kind: 'budget',
    taskId: second,
    until: midnight.toISOString(),
  });
  expect((await told(house, 'budget.exhausted'))[0]).toMatchObject({ stream: 'system', data: { workflowId: null } });
  expect(await told(house, 'task.attempt_failed')).toEqual([]);
});

test('a budget in dollars holds for what has a price, and a model without one is not called on it', async () => {
  doubles = await openDoubles("prices: { 'claude:sonnet': { input: 1000, output: 2000, as_of: 2026-11-01 } }");
  const { house } = doubles;
  const [priced = ''] = await house.begin({ ...repo, budget: { usd: 1 } }, { model: 'claude:sonnet' });
  const [unpriced = ''] = await house.begin({ ...repo, budget: { usd: 1 } }, { model: 'claude:other' });
  await house.start(asker(null, () => question('x')));
  for (const id of [priced, unpriced]) await house.enqueue(id, 'work', { maxAttempts: 1 });
  await ended(house, [priced]);
  await expect.poll(async () => (await told(house, 'task.attempt_failed')).length).toBe(1);
  const [call] = await told(house, 'model.called');
  expect(call?.type === 'model.called' && call.data.costUsd).toBeCloseTo((60 * 1000 + 40 * 2000) / 1_000_000);
  expect((await told(house, 'task.attempt_failed'))[0]?.data).toMatchObject({
    reason: expect.stringContaining('no price of claude:other') as string,
  });
});

test('a call whose process is killed in the middle is charged once, by what was reserved for it', async () => {
  doubles = await openDoubles(`models: { worker: [${box}] }`);
  const { house } = doubles;
  const git = createRepo(house.folder, { 'a.txt': 'one\n' });
  const [taskId = ''] = await house.begin(
    {
      repo: git.root,
      base: git.base,
      checks: [{ name: 'c', argv: ['true'], source: 'given' }],
      budget: { tokens: 1_000_000 },
    },
    { author: null },
  );
  await house.enqueue(taskId, 'work', { maxAttempts: 2 });
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../apps/worker/src/main.ts')], {
    env: {
      PATH: process.env['PATH'],
      HOME: house.folder,
      HIVE_HOME: house.config.home,
      HIVE_AGENT_NAME: 'worker-1',
      HIVE_TEST_MODE: '1',
      HIVE_FAILPOINTS: 'model.sent=kill',
    },
    stdio: 'ignore',
  });
  expect(await new Promise((resolve) => child.once('exit', (_, by) => resolve(by)))).toBe('SIGKILL');
  expect((await told(house, 'model.intended')).length).toBe(1);
  expect(await told(house, 'model.called')).toEqual([]);
  const ctx = { bus: house.bus, log: pino({ level: 'silent' }) };
  await expect.poll(() => createLostCalls(ctx).look()).toBe(1);
  expect(await createLostCalls(ctx).look()).toBe(0);
  const [intended] = await told(house, 'model.intended');
  const calls = await told(house, 'model.called');
  expect(calls).toHaveLength(1);
  expect(calls[0]?.data).toMatchObject({ outcome: 'model.stream_broken', input: null, output: null });
  const reserved = intended?.type === 'model.intended' ? intended.data.tokens : 0;
  expect(calls[0]?.type === 'model.called' && calls[0].data.estimate?.tokens).toBe(reserved);
  expect(await house.broken()).toEqual([]);
});
