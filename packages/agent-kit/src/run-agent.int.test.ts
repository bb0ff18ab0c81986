import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@hive/bus';
import { HiveError } from '@hive/errors';
import { streams, type NewEvent } from '@hive/events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defineAgent, type Context, type StepHandler, type StepInHand } from './index.ts';
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

const refusal = (step: StepInHand, reason = 'done'): NewEvent => ({
  type: 'task.refused',
  stream: streams.task(step.task?.id ?? ''),
  data: { taskId: step.task?.id ?? '', ...step.mark, code: 'patch.empty', reason },
});

const stateOf = async () => (await house.view(taskId)).state;
const typesOf = async () => (await house.events(streams.task(taskId))).map((event) => event.type);
const stepOf = async () => (await house.store.steps({ taskId, limit: 1 }))[0];

test('what a handler answers ends its step, caused by the claim', async () => {
  await house.start(agentWith((step) => Promise.resolve([refusal(step)])));
  await house.enqueue(taskId, 'work');
  await expect.poll(stateOf).toBe('refused');
  const events = await house.events(streams.task(taskId));
  expect(events.map((event) => event.type).slice(-2)).toEqual(['task.claimed', 'task.refused']);
  expect(events.at(-1)?.causationId).toBe(events.at(-2)?.id);
  expect(await house.broken()).toEqual([]);
});

test('the lease of long work is renewed, and work that the queue took away is told to stop', async () => {
  const aborted = Promise.withResolvers<unknown>();
  await house.start(
    agentWith(async (step) => {
      step.signal.addEventListener('abort', () => aborted.resolve(step.signal.reason));
      await aborted.promise;
      return [refusal(step, 'too late')];
    }),
  );
  await house.enqueue(taskId, 'work');
  await expect.poll(async () => (await stepOf())?.state).toBe('claimed');
  const first = (await stepOf())?.leaseUntil ?? '';
  await expect.poll(async () => (await stepOf())?.leaseUntil ?? '', { timeout: 60_000, interval: 200 }).not.toBe(first);
  await house.tell(taskId, { type: 'task.cancelled', stream: streams.task(taskId), data: { taskId } });
  expect(await aborted.promise).toBe('lost');
  await sleep(100); // what the late handler answers would be here by then
  expect(await stateOf()).toBe('cancelled');
  expect(await house.broken()).toEqual([]);
});

test('work that comes back to the agent that lost it is looked after, whatever becomes of the first try', async () => {
  const signals: AbortSignal[] = [];
  const untilAborted: StepHandler<undefined> = async (step) => {
    signals.push(step.signal);
    await new Promise((aborted) => step.signal.addEventListener('abort', aborted));
    return [refusal(step, 'too late')];
  };
  await house.start(agentWith(untilAborted, { concurrency: 2 }));
  await house.enqueue(taskId, 'work');
  await expect.poll(() => signals.length).toBe(1);
  const { id, token, holder } = (await stepOf()) ?? { id: '', token: 0, holder: '' };
  await house.store.renew([{ id, token }], holder ?? '', -1000);
  expect(await house.bus.queue.rescue()).toBe(1);
  await expect.poll(() => signals.length).toBe(2);
  await expect.poll(() => signals[0]?.aborted).toBe(true);
  await sleep(50); // the first try ends
  expect(signals[1]?.aborted).toBe(false);
  await house.tell(taskId, { type: 'task.cancelled', stream: streams.task(taskId), data: { taskId } });
  await expect.poll(() => signals[1]?.aborted).toBe(true);
});

test('a note under a lost claim throws, so that the handler leaves no effect', async () => {
  const thrown = Promise.withResolvers<unknown>();
  await house.start(
    agentWith(async (step) => {
      await house.tell(taskId, { type: 'task.cancelled', stream: streams.task(taskId), data: { taskId } });
      await step.note([]).catch((error: unknown) => {
        thrown.resolve(error);
        throw error;
      });
      return [];
    }),
  );
  await house.enqueue(taskId, 'work');
  expect(await thrown.promise).toMatchObject({ code: 'lease.lost' });
  expect(await typesOf()).not.toContain('task.attempt_failed');
});

test('an agent that drains hands back what it cannot end, and it costs no attempt', async () => {
  const begun = Promise.withResolvers<void>();
  const running = await house.start(
    agentWith(async (step) => {
      begun.resolve();
      await sleep(60_000, undefined, { signal: step.signal });
      return [];
    }),
  );
  await house.enqueue(taskId, 'work');
  await begun.promise;
  await running.drain(50);
  expect(await house.view(taskId)).toMatchObject({ state: 'ready', attempts: 0, rescues: 0 });
  await house.start(
    agentWith((step) => Promise.resolve([refusal(step)])),
    'other',
  );
  await expect.poll(stateOf).toBe('refused');
  expect((await house.events(streams.agent(running.incarnation))).map((event) => event.type)).toEqual([
    'agent.registered',
    'agent.offline',
  ]);
});

const tellSystem = (event: NewEvent<'agent.paused' | 'agent.resumed'>) =>
  house.bus.command({ on: null, correlationId: newId(), events: [event] });
const statusOf = async () => (await house.store.agents())[0]?.status;

test('an agent that is paused by its name ends what it holds and takes nothing more, also as a new process, until it is resumed', async () => {
  const [begun, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const worker = agentWith(async (step) => {
    begun.resolve();
    await mayEnd.promise;
    return [refusal(step)];
  });
  const running = await house.start(worker);
  await house.enqueue(taskId, 'work');
  await begun.promise;
  const stream = streams.system;
  await tellSystem({ type: 'agent.paused', stream, data: { agent: 'worker', reason: 'lunch' } });
  await expect.poll(statusOf).toBe('draining');
  mayEnd.resolve();
  await expect.poll(stateOf).toBe('refused');
  const [next = ''] = await house.begin({ repo: '/nowhere', base: '1'.repeat(40) }, {});
  await house.enqueue(next, 'work');
  await running.drain();
  const again = await house.start(worker);
  expect(await statusOf()).toBe('draining');
  await house.start(worker, 'other'); // whoever is not paused is not held up
  await expect.poll(async () => (await house.view(next)).state).toBe('refused');
  const claims = async () => (await house.events(streams.task(next))).filter(({ type }) => type === 'task.claimed');
  expect(await claims()).toMatchObject([{ data: { agent: 'other' } }]);

  await tellSystem({ type: 'agent.resumed', stream, data: { agent: 'worker' } });
  const [last = ''] = await house.begin({ repo: '/nowhere', base: '1'.repeat(40) }, {});
  await house.enqueue(last, 'work', { onlyAgent: 'worker' });
  await expect.poll(async () => (await house.view(last)).state).toBe('refused');
  await again.drain();
});

test('an agent that is drained by its name hands back what does not end in time, and goes on as soon as it is resumed', async () => {
  let runs = 0;
  const begun = Promise.withResolvers<void>();
  await house.start(
    agentWith(async (step) => {
      begun.resolve();
      if (++runs === 1) await sleep(600_000, undefined, { signal: step.signal });
      return [refusal(step)];
    }),
  );
  await house.enqueue(taskId, 'work');
  await begun.promise;
  await tellSystem({ type: 'agent.paused', stream: streams.system, data: { agent: 'worker', drain: true } });
  await expect.poll(stateOf, { timeout: 60_000 }).toBe('ready');
  expect(await house.view(taskId)).toMatchObject({ attempts: 0, rescues: 0 });
  expect(runs).toBe(1);
  await tellSystem({ type: 'agent.resumed', stream: streams.system, data: { agent: 'worker' } });
  await expect.poll(stateOf, { timeout: 60_000 }).toBe('refused');
}, 180_000);

test('an agent that drains lets what ends within the grace end', async () => {
  const begun = Promise.withResolvers<void>();
  const running = await house.start(
    agentWith(async (step) => {
      begun.resolve();
      await sleep(200);
      return [refusal(step)];
    }),
  );
  await house.enqueue(taskId, 'work');
  await begun.promise;
  await running.drain(5000);
  expect(await stateOf()).toBe('refused');
});

test.each([
  ['retry', new HiveError('check.timeout', 'slow', { remedy: 'retry' }), { code: 'check.timeout', final: false }],
  ['give_up', new HiveError('run.failed', 'exit 1'), { code: 'run.failed', final: true, retryAt: null }],
  [
    'fix_config',
    new HiveError('model.missing', 'none', { remedy: 'fix_config' }),
    { code: 'model.missing', final: true },
  ],
  [
    'a bug',
    new TypeError('x is undefined'),
    { code: 'internal', reason: 'A bug in Hive: x is undefined', final: false },
  ],
])('a handler that throws %s costs an attempt', async (_, error, expected) => {
  await house.start(agentWith(() => Promise.reject(error)));
  await house.enqueue(taskId, 'work');
  await expect.poll(typesOf).toContain('task.attempt_failed');
  const failed = (await house.events(streams.task(taskId))).find((event) => event.type === 'task.attempt_failed');
  expect(failed?.data).toMatchObject(expected);
});

test('a step that failed for its place prefers another agent, and is given up after its last attempt', async () => {
  const tried: string[] = [];
  const work: StepHandler<undefined> = (_, ctx) => {
    tried.push(ctx.agent);
    return Promise.reject(new HiveError('infra.oom', 'no memory', { remedy: 'retry', where: 'other' }));
  };
  await house.start(agentWith(work), 'one');
  await house.start(agentWith(work), 'two');
  await house.enqueue(taskId, 'work', { maxAttempts: 3 });
  await expect.poll(() => tried.length).toBe(3);
  expect(tried[1]).not.toBe(tried[0]);
  expect(tried[2]).not.toBe(tried[1]);
  await expect.poll(async () => (await stepOf())?.state).toBe('done');
  expect(await house.broken()).toEqual([]);
});

test('what a step brought is recorded when the store comes back, once and without an attempt', async () => {
  let failures = 3;
  let worked = 0;
  await house.start(
    agentWith((step, ctx) => {
      worked += 1;
      const { store } = ctx.bus;
      const write = store.write;
      store.write = (it) => {
        if (failures-- > 0) return Promise.reject(new HiveError('store.unavailable', 'away', { remedy: 'retry' }));
        store.write = write;
        return write(it);
      };
      return Promise.resolve([refusal(step)]);
    }),
  );
  await house.enqueue(taskId, 'work');
  await expect.poll(stateOf).toBe('refused');
  expect(worked).toBe(1);
  expect(await house.view(taskId)).toMatchObject({ attempts: 0, rescues: 0 });
});

test('a due step that is meant for somebody else does not keep an agent busy', async () => {
  await house.enqueue(taskId, 'work', { onlyAgent: 'nobody' });
  const step = await stepOf();
  const overdue = { state: 'scheduled', runAt: new Date(0).toISOString() } as const;
  await house.store.write({
    events: [],
    heads: [],
    changeSteps: [{ id: step?.id ?? '', expect: { state: 'ready', token: 0 }, set: overdue }],
  });
  let looks = 0;
  await house.start(
    agentWith(() => Promise.resolve([]), {
      open: ({ bus }: Context) => {
        const { claim } = bus.store;
        bus.store.claim = (query) => ((looks += 1), claim(query));
        return Promise.resolve(undefined);
      },
    }),
  );
  await sleep(1500);
  expect(looks).toBeLessThan(15);
});

test('an agent follows the log from its beginning and repeats what it does every so often, also after a failure and while something else of it hangs', async () => {
  const seen: string[] = [];
  let rounds = 0;
  const hangs = Promise.withResolvers<void>();
  const running = await house.start(
    defineAgent({
      name: 'watcher',
      follow: { types: ['task.created'], handle: (event) => (seen.push(event.stream), Promise.resolve([])) },
      every: [
        { ms: 20, run: () => hangs.promise },
        {
          ms: 20,
          run: () => {
            rounds += 1;
            return rounds === 1 ? Promise.reject(new Error('the first time')) : Promise.resolve();
          },
        },
      ],
    }),
  );
  await expect.poll(() => rounds).toBeGreaterThan(2);
  expect(seen).toEqual([streams.task(taskId)]);
  hangs.resolve();
  await running.drain();
  const after = rounds;
  await sleep(60);
  expect(rounds).toBe(after);
});

test('a drain may be shortened: the second call hands back now', async () => {
  const begun = Promise.withResolvers<void>();
  const running = await house.start(
    agentWith(async (step) => {
      begun.resolve();
      await sleep(60_000, undefined, { signal: step.signal });
      return [];
    }),
  );
  await house.enqueue(taskId, 'work');
  await begun.promise;
  void running.drain(60_000);
  await sleep(50);
  expect(await stateOf()).toBe('working');
  await running.drain(0);
  expect(await house.view(taskId)).toMatchObject({ state: 'ready', attempts: 0, rescues: 0 });
});

test('an agent with room left asks again when it is rung for, and not after every step that it ends', async () => {
  let looks = 0;
  const few = 40;
  const tasks = await house.begin(
    { repo: '/nowhere', base: '1'.repeat(40) },
    ...Array.from({ length: few }, () => ({})),
  );
  await house.start(
    agentWith((step) => Promise.resolve([refusal(step)]), {
      concurrency: 4,
      open: ({ bus }: Context) => {
        const { claim } = bus.store;
        bus.store.claim = (query) => ((looks += 1), claim(query));
        return Promise.resolve(undefined);
      },
    }),
  );
  const began = performance.now();
  for (const task of tasks) {
    await house.enqueue(task, 'work');
    await expect.poll(async () => (await house.view(task)).state, { interval: 5 }).toBe('refused');
  }
  // A look a second is taken in any case, and one when the log has grown without a ring.
  const regular = (2 * (performance.now() - began)) / 1000;
  expect(looks).toBeLessThan(1.5 * few + regular);
});
