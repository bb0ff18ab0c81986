import { createRepo, openHouse, type House, type TestRepo } from '@hive/agent-kit/testing';
import { createMemory } from '@hive/core-db/memory';
import type { Check, DataOf, HiveEvent } from '@hive/events';
import { startModelServer, type Fault, type ModelServer, type Rule } from '@hive/model-server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import agent from '../agent.ts';

const start = Date.parse('2026-06-01T22:00:00.000Z');
const hourMs = 3_600_000;
const longestJitterMs = 60_000;

/** Only what a clock on the wall shows is the test's; sockets, commands and polls take the time that they take. */
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: start }));

let house: House;
let repo: TestRepo;
let claude: ModelServer;
afterEach(async () => {
  await house.close();
  await claude.stop();
  vi.useRealTimers();
});

const check: Check = { name: 'is there', argv: ['test', '-f', 'a.txt'], source: 'given' };
const turns = [
  ...['1', '2', '3', '4'].map((n) => ({ name: 'write', input: { path: `${n}.txt`, content: `${n}\n` } })),
  { name: 'finish', input: { summary: 'Done' } },
].map((call) => [call]);
const short = { five_hour: '5h', seven_day: '7d' } as const;
type Window = { readonly kind: keyof typeof short; readonly turnsBefore: number; readonly resetsAt: number };

const windows: readonly Window[] = [
  { kind: 'five_hour', turnsBefore: 2, resetsAt: start + 5 * hourMs },
  { kind: 'seven_day', turnsBefore: 4, resetsAt: start + 7 * 24 * hourMs },
];

/** What a plan answers whose window is used up. */
const usedUp = ({ kind, resetsAt }: Window): Fault => {
  const seconds = String(resetsAt / 1000);
  const own = `anthropic-ratelimit-unified-${short[kind]}`;
  return {
    kind: 'status',
    status: 429,
    headers: {
      'anthropic-ratelimit-unified-status': 'rejected',
      'anthropic-ratelimit-unified-representative-claim': kind,
      'anthropic-ratelimit-unified-reset': seconds,
      [`${own}-status`]: 'rejected',
      [`${own}-utilization`]: '1.0000',
      [`${own}-reset`]: seconds,
    },
  };
};

/** In the order of the requests: the turns, and before the third and the fifth a refusal. */
const rules = turns
  .flatMap((toolCalls, n): Partial<Rule>[] => [
    ...windows.filter(({ turnsBefore }) => turnsBefore === n).map((window) => ({ fault: usedUp(window) })),
    { reply: { toolCalls, usage: { input: 60, output: 40 } } },
  ])
  .map((rule, n): Rule => ({ ...rule, contains: 'turn by turn', call: n + 1 }));

const told = async <T extends HiveEvent['type']>(type: T) =>
  (await house.store.events({ types: [type], limit: 1000 })).events.map(({ data }) => data as DataOf<T>); // the query names the type

/** Moves the clock, and tells the processes that something may be due. */
const moveTo = (moment: number) => {
  vi.setSystemTime(moment);
  house.store.ring();
};

/** Shows that the worker has looked for work at this moment: a task that needs no model is done. */
const lookedNow = async (): Promise<void> => {
  const given = { run: ['sh', '-c', 'echo more >> a.txt'], author: null };
  const [id = ''] = await house.begin({ repo: repo.root, base: repo.base, checks: [check] }, given);
  await house.enqueue(id, 'work', { maxAttempts: 1 });
  await expect.poll(async () => (await house.view(id)).state).toBe('submitted');
};

test('work that meets a window of five hours and then one of seven days goes on by itself after each, from where it was, in another process', async () => {
  const askedAt: number[] = [];
  claude = await startModelServer({
    scenario: { name: 'plan', rules },
    now: Date.now,
    onRequest: ({ path }) => {
      if (path.startsWith('/v1/messages')) askedAt.push(Date.now());
    },
  });
  house = await openHouse({
    yaml: 'hive: { sandbox: { mode: off, allowUnsandboxed: true }, disk: { floorGb: 0 } }',
    env: { ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: claude.url },
    memory: createMemory({ now: Date.now }),
  });
  repo = createRepo(house.folder, { 'a.txt': 'one\n' });
  const work = { repo: repo.root, base: repo.base, checks: [check], goal: 'turn by turn' };
  const [taskId = ''] = await house.begin(work, { author: null, model: 'claude:sonnet' });
  let running = await house.start(agent, 'worker-1');
  await house.enqueue(taskId, 'work', { maxAttempts: 1 });

  for (const [n, { kind, turnsBefore, resetsAt }] of windows.entries()) {
    await expect.poll(async () => (await told('task.snoozed')).length).toBe(n + 1);
    expect((await told('model.parked')).at(-1)).toMatchObject({ kind, until: new Date(resetsAt).toISOString() });
    const due = Date.parse((await told('task.snoozed')).at(-1)?.until ?? '');
    expect(due).toBeGreaterThanOrEqual(resetsAt);
    expect(due).toBeLessThanOrEqual(resetsAt + longestJitterMs);
    const asked = askedAt.length;
    expect(asked).toBe(turnsBefore + n + 1); // paid turns, and one that was refused for each window

    await running.drain(0);
    running = await house.start(agent, `worker-${n + 2}`);
    for (const moment of [start + (resetsAt - start) / 2, resetsAt - 1]) {
      moveTo(moment);
      await lookedNow();
    }
    expect(askedAt).toHaveLength(asked);
    moveTo(due);
    await expect.poll(() => askedAt.length).toBeGreaterThan(asked);
    expect(askedAt[asked]).toBeGreaterThanOrEqual(resetsAt);
    expect(askedAt[asked]).toBeLessThanOrEqual(resetsAt + longestJitterMs);
  }

  await expect.poll(async () => (await house.view(taskId)).state).toBe('submitted');
  const calls = (await told('model.called')).filter((it) => it.taskId === taskId);
  const paid = calls.filter(({ outcome }) => outcome === 'ok');
  expect(new Set(paid.map(({ prompt }) => prompt)).size).toBe(turns.length);
  expect(paid).toHaveLength(turns.length);
  expect(paid.map(({ input, output }) => [input, output])).toEqual(turns.map(() => [60, 40]));
  expect(calls.length - paid.length).toBe(windows.length);
  const patch = Buffer.from(await house.artefacts.get((await house.view(taskId)).patch ?? '')).toString();
  expect([...patch.matchAll(/^\+\+\+ b\/(.*)$/gm)].map((it) => it[1])).toEqual(['1.txt', '2.txt', '3.txt', '4.txt']);
  expect(await told('task.attempt_failed')).toEqual([]);
  expect(await told('task.lease_expired')).toEqual([]);
});
