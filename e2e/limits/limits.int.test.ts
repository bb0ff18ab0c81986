import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createRepo } from '@hive/agent-kit/testing';
import type { Check } from '@hive/events';
import { afterEach, expect, test } from 'vitest';
import { asker, ended, openDoubles, question, told, type Doubles } from './asking.ts';

let doubles: Doubles;
afterEach(() => doubles.close());

const at = (event: { readonly at: string }): number => Date.parse(event.at);
const repo = { repo: '/nowhere', base: '1'.repeat(40) };
const claude = 'claude:sonnet';

test('a window that closes is told once; what needs it is parked without a failure, the box goes on, and all resume after the reset', async () => {
  doubles = await openDoubles('paid: { resumes: 3 }', {
    claude: { limits: { plan: { five_hour: { tokens: 250, seconds: 2 } } } },
  });
  const { house } = doubles;
  const ids = await house.begin(
    repo,
    ...Array.from({ length: 6 }, (_, n) => ({ model: n < 4 ? claude : 'ollama:tiny@walnut' })),
  );
  await house.start(asker(null, (n) => question(`Question ${n} `.repeat(40))));
  for (const id of ids) await house.enqueue(id, 'work', { maxAttempts: 1 });
  await ended(house, ids.slice(4));
  await ended(house, ids);

  const limits = (await told(house, 'model.rate_limited')).flatMap((it) =>
    it.type === 'model.rate_limited' ? [it] : [],
  );
  const hits = limits.filter((it) => it.data.hit);
  expect(new Set(hits.map((it) => it.data.resetsAt)).size).toBe(hits.length);
  const parked = (await told(house, 'model.parked')).flatMap((it) => (it.type === 'model.parked' ? [it] : []));
  expect(parked.length).toBeGreaterThan(0);
  expect(new Set(parked.map((it) => it.data.kind))).toEqual(new Set(['five_hour']));
  expect(await told(house, 'task.attempt_failed')).toEqual([]);

  // No call before the reset: between the first word of a limit and its end nothing is begun but what had begun to be begun.
  const calls = (await told(house, 'model.intended')).filter(
    (it) => it.type === 'model.intended' && it.data.provider === 'claude',
  );
  for (const hit of hits) {
    const inside = calls.filter((it) => at(it) > at(hit) && it.at < (hit.data.resetsAt ?? ''));
    expect(inside).toEqual([]);
  }
  // Each call that was begun has ended, once.
  expect((await told(house, 'model.called')).length).toBe((await told(house, 'model.intended')).length);
  expect(await house.broken()).toEqual([]);
});

test('a limit that is known parks a step before any request is made, and a worker that dies meanwhile loses nothing', async () => {
  doubles = await openDoubles('', { claude: { limits: { plan: { five_hour: { tokens: 1, seconds: 2 } } } } });
  const { house } = doubles;
  const [first = '', second = ''] = await house.begin(repo, { model: claude }, { model: claude });
  const running = await house.start(asker(null, () => question('x')));
  await house.enqueue(first, 'work', { maxAttempts: 1 });
  await ended(house, [first]);
  const asked = doubles.claude.requests.length;
  await house.enqueue(second, 'work', { maxAttempts: 1 });
  await expect.poll(async () => (await told(house, 'model.parked')).length).toBeGreaterThan(0);
  const [limit] = (await told(house, 'model.rate_limited')).slice(-1);
  const isOpen = limit?.type === 'model.rate_limited' && (limit.data.resetsAt ?? '') > (await house.store.now());
  if (isOpen) expect(doubles.claude.requests.length - asked).toBeLessThanOrEqual(1);
  await running.drain(0);
  await house.start(
    asker(null, () => question('x')),
    'worker-2',
  );
  await ended(house, [second]);
  expect(await told(house, 'task.attempt_failed', 'task.lease_expired')).toEqual([]);
});

test('a worker that is killed before it could give the step back: the next one asks nobody before the reset', async () => {
  const tooMany = { kind: 'status', status: 429, headers: { 'retry-after': '6' } } as const;
  const rules = [{ call: 1, fault: tooMany }, { reply: { text: 'Yes.' } }];
  doubles = await openDoubles(`models: { worker: [${claude}] }`, { claude: { rules } });
  const { house } = doubles;
  const git = createRepo(house.folder, { 'a.txt': 'one\n' });
  const checks: Check[] = [{ name: 'c', argv: ['true'], source: 'given' }];
  const [id = ''] = await house.begin({ repo: git.root, base: git.base, checks }, { author: null });
  await house.enqueue(id, 'work', { maxAttempts: 1 });
  const env = {
    PATH: process.env['PATH'],
    HOME: house.folder,
    HIVE_HOME: house.config.home,
    HIVE_AGENT_NAME: 'worker-1',
    HIVE_TEST_MODE: '1',
    HIVE_FAILPOINTS: 'submit.open=kill',
    ANTHROPIC_API_KEY: 'k',
    ANTHROPIC_BASE_URL: doubles.claude.url,
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../apps/worker/src/main.ts')], {
    env,
    stdio: 'ignore',
  });
  expect(await new Promise((resolve) => child.once('exit', (_, by) => resolve(by)))).toBe('SIGKILL');
  const [limit] = await told(house, 'model.rate_limited');
  await expect.poll(() => house.bus.queue.rescue()).toBe(1);
  await house.start(asker(null, () => question('x')));
  await ended(house, [id]);
  const [, second] = await told(house, 'model.intended');
  const resetsAt = limit?.type === 'model.rate_limited' ? (limit.data.resetsAt ?? '') : '';
  expect((second?.at ?? '') >= resetsAt).toBe(true);
  expect(await told(house, 'task.attempt_failed')).toEqual([]);
  expect(await house.broken()).toEqual([]);
});

test('a share that is left to people stops automatic work before the window is used up', async () => {
  doubles = await openDoubles('paid: { reserve: 50% }', {
    claude: { limits: { plan: { five_hour: { tokens: 190, seconds: 2 } } } },
  });
  const { house } = doubles;
  const ids = await house.begin(repo, { model: claude }, { model: claude });
  await house.start(asker(null, () => question('x'.repeat(400))));
  for (const id of ids) {
    await house.enqueue(id, 'work', { maxAttempts: 1 });
    await ended(house, [id]);
  }
  const kinds = (await told(house, 'model.parked')).map((it) => it.type === 'model.parked' && it.data.kind);
  expect(kinds).toEqual(['five_hour, reserve']);
  expect(
    (await told(house, 'model.called')).every((it) => it.type === 'model.called' && it.data.outcome === 'ok'),
  ).toBe(true);
});

test('after --until no call begins: the workflow is paused, says so, and goes on when a person says so', async () => {
  doubles = await openDoubles('');
  const { house } = doubles;
  const [id = ''] = await house.begin({ ...repo, until: '2020-01-01T07:00:00.000Z' }, { model: 'ollama:tiny@walnut' });
  await house.start(asker(null, () => question('x')));
  await house.enqueue(id, 'work', { maxAttempts: 1 });
  await expect.poll(async () => (await told(house, 'workflow.paused')).length).toBe(1);
  const [paused] = await told(house, 'workflow.paused');
  expect(paused?.data).toMatchObject({ by: 'hive', rule: 'until', reason: expect.stringContaining('07:00') as string });
  expect(doubles.box.requests.filter((it) => it.path === '/api/chat')).toEqual([]);
  const workflowId = paused?.correlationId ?? '';
  await house.bus.command({
    on: paused?.stream ?? '',
    correlationId: workflowId,
    events: [{ type: 'workflow.resumed', stream: paused?.stream ?? '', data: { workflowId } }],
  });
  const { alignPaused } = await import('@hive/bus');
  await alignPaused(house.store, workflowId); // the orchestrator does this in a building
  await ended(house, [id]);
  expect(await told(house, 'task.attempt_failed')).toEqual([]);
});

test('quiet hours of paid models leave boxes alone and Claude unasked', async () => {
  doubles = await openDoubles(
    "paid: { quiet_hours: ['00:00-12:00', '12:00-00:00'] }\nmodels: { worker: [claude:sonnet, ollama:tiny@walnut] }",
  );
  const { house } = doubles;
  const [both = '', paid = ''] = await house.begin(repo, {}, { model: claude });
  await house.start(asker(null, () => question('x')));
  await house.enqueue(both, 'work', { maxAttempts: 1 });
  await house.enqueue(paid, 'work', { maxAttempts: 1 });
  await ended(house, [both]);
  await expect.poll(async () => (await told(house, 'model.parked')).length).toBe(1);
  expect((await told(house, 'model.parked'))[0]?.data).toMatchObject({ kind: 'quiet_hours', taskId: paid });
  expect(doubles.claude.requests).toEqual([]);
});
