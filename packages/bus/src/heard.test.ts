import type { Store } from '@hive/core-db';
import { createMemory, openMemory } from '@hive/core-db/memory';
import { streams } from '@hive/events';
import { beforeEach, expect, test } from 'vitest';
import { createBus, newId, type Bus } from './index.ts';
import { enqueueTask } from './testing/samples.ts';

let store: Store;
let bus: Bus;
beforeEach(() => {
  store = openMemory(createMemory({ now: Date.now }));
  bus = createBus(store, 'test/one');
});

/** What is heard of it in all, by those who would work, and by those who would merge. */
const rungBy = async (act: () => Promise<unknown>): Promise<readonly number[]> => {
  const counts = () => [bus.rings(), bus.rings(['work']), bus.rings(['merge', 'review'])];
  const before = counts();
  await act();
  await new Promise((turn) => setImmediate(turn));
  return counts().map((now, i) => now - (before[i] ?? 0));
};

const claim = async () => {
  const [won] = await bus.queue.claim({
    kinds: ['work'],
    agent: 'worker',
    incarnation: newId(),
    capabilities: [],
    limit: 1,
    leaseMs: 60_000,
  });
  if (!won) throw new Error('nothing was won');
  return won;
};

test('only those are woken who may find something to take', async () => {
  expect(await rungBy(() => enqueueTask(store, { kind: 'work' }))).toEqual([1, 1, 0]);
  const first = await claim();
  const failed = { code: 'infra.disk', reason: 'full', retry: true, retryAfterMs: 0 } as const;
  expect(await rungBy(() => bus.queue.fail(first, failed))).toEqual([1, 1, 2]);
  await expect
    .poll(
      () =>
        claim().then(
          () => true,
          () => false,
        ),
      { timeout: 5_000 },
    )
    .toBe(true);
  await enqueueTask(store, { kind: 'work' });
  let second = first;
  expect(await rungBy(async () => (second = await claim()))).toEqual([1, 0, 0]);
  const { taskId } = second.step;
  const { attempt, token } = second.step;
  const refused = { taskId: taskId ?? '', step: 'work', attempt, token, code: 'patch.empty', reason: 'empty' } as const;
  const outcome = [{ type: 'task.refused' as const, stream: streams.task(taskId ?? ''), data: refused }];
  expect(await rungBy(() => bus.queue.finish(second, outcome))).toEqual([1, 0, 0]);
});

test('a ring between looking and waiting is not lost, one about other kinds ends no waiting', async () => {
  const stop = new AbortController();
  const seen = bus.rings(['work']);
  await enqueueTask(store, { kind: 'work' });
  await bus.heard(60_000, stop.signal, seen, ['work']);
  let isWoken = false;
  const waiting = bus.heard(60_000, stop.signal, bus.rings(['merge']), ['merge']).then(() => (isWoken = true));
  await enqueueTask(store, { kind: 'work' });
  await new Promise((turn) => setImmediate(turn));
  expect(isWoken).toBe(false);
  stop.abort();
  await waiting;
});
