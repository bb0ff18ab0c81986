import { setTimeout as sleep } from 'node:timers/promises';
import { streams } from '@hive/events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defineAgent, type StepHandler } from './index.ts';
import { openHouse, type House } from './testing/index.ts';

let house: House;
let taskId: string;

beforeEach(async () => {
  house = await openHouse();
  [taskId = ''] = await house.begin({ repo: '/nowhere', base: '1'.repeat(40) }, {});
});
afterEach(() => house.close());

const agentWith = (work: StepHandler<undefined>, more: object = {}) =>
  defineAgent({ name: 'worker', steps: { work }, ...more });

const typesOf = async () => (await house.events(streams.task(taskId))).map((event) => event.type);
const stepOf = async () => (await house.store.steps({ taskId, limit: 1 }))[0];

test('a handler that hangs past its deadline is told to stop and no longer waited for; it counts as an attempt, elsewhere', async () => {
  const told = Promise.withResolvers<unknown>();
  const hangs: StepHandler<undefined> = (step) => {
    step.signal.addEventListener('abort', () => told.resolve(step.signal.reason));
    return new Promise(() => undefined);
  };
  await house.start(agentWith(hangs, { deadlineMs: () => 100 }), 'one');
  await house.enqueue(taskId, 'work', { maxAttempts: 1 });
  expect(await told.promise).toBe('deadline');
  await expect.poll(typesOf).toContain('task.attempt_failed');
  const failed = (await house.events(streams.task(taskId))).find((event) => event.type === 'task.attempt_failed');
  expect(failed?.data).toMatchObject({ code: 'check.timeout', final: true });
  expect((await stepOf())?.state).toBe('done');
});

test('a handler that says that it takes longer is given that time, and no more', async () => {
  const longer: StepHandler<undefined> = async (step) => {
    step.takes(60_000);
    await sleep(250);
    return [];
  };
  const hangs: StepHandler<undefined> = (step) => {
    step.takes(50);
    return new Promise(() => undefined);
  };
  let handler = longer;
  await house.start(
    agentWith((step, ctx) => handler(step, ctx), { deadlineMs: () => 100 }),
    'one',
  );
  await house.enqueue(taskId, 'work');
  await expect.poll(async () => (await stepOf())?.state).toBe('done');
  expect(await typesOf()).not.toContain('task.attempt_failed');
  handler = hangs;
  await house.enqueue(taskId, 'work', { maxAttempts: 1 });
  await expect.poll(typesOf).toContain('task.attempt_failed');
  const failed = (await house.events(streams.task(taskId))).find((event) => event.type === 'task.attempt_failed');
  expect(failed?.data).toMatchObject({
    code: 'check.timeout',
    reason: expect.stringContaining('within 0.2 s') as string,
  });
});

test('what a handler throws because its deadline has passed is not taken for the reason', async () => {
  const heeds: StepHandler<undefined> = (step) => sleep(60_000, [], { signal: step.signal });
  await house.start(agentWith(heeds, { deadlineMs: () => 100 }), 'one');
  await house.enqueue(taskId, 'work');
  await expect.poll(async () => (await house.view(taskId)).code).toBe('check.timeout');
  expect((await stepOf())?.avoidAgent).toBe('one');
});
