import { createMemory, openMemory } from '@hive/core-db/memory';
import { expect, test } from 'vitest';
import { createBus } from './bus.ts';
import { newId } from './ids.ts';
import { enqueueTask, restingTask, sampleStep } from './testing/samples.ts';

const open = () => {
  const store = openMemory(createMemory({ now: () => Date.UTC(2026, 10, 21) }));
  const { queue } = createBus(store, 'test/numbers');
  const claim = async (limit = 1) => {
    const asking = { kinds: ['work'] as const, agent: 'a', incarnation: newId(), capabilities: [], leaseMs: 1_000 };
    return queue.claim({ ...asking, limit });
  };
  const wonOne = async () => {
    await enqueueTask(store);
    const [claimed] = await claim();
    if (!claimed) throw new Error('not claimed');
    return claimed;
  };
  const runAt = async (id: string) => (await store.steps({ ids: [id], limit: 1 }))[0]?.runAt ?? '';
  return { store, queue, claim, wonOne, runAt };
};

test.each([
  [Infinity, '2027-11-22'],
  [1e18, '2027-11-22'],
  [8.64e15, '2027-11-22'],
  [0.5, '2026-11-21'],
  [Number.NaN, '2026-11-21'],
])('whoever asks to wait for %d ms waits a year at most, and the claim is given back', async (ms, day) => {
  const { queue, wonOne, runAt } = open();
  const first = await wonOne();
  expect(await queue.snooze(first, ms, 'not now')).toBe('done');
  expect((await runAt(first.step.id)).slice(0, 10)).toBe(day);
  const second = await wonOne();
  expect(await queue.fail(second, { code: 'internal', reason: 'x', retry: true, retryAfterMs: ms })).toBe('done');
  expect((await runAt(second.step.id)).slice(0, 10)).toBe(day);
});

test.each([
  { priority: Number.NaN },
  { priority: 0.5 },
  { priority: 1e15 },
  { behind: Number.NaN },
  { maxAttempts: 0.5 },
  { limits: [{ key: 'a', max: Number.NaN }] },
])('a step with %j is refused, and not put into the queue', async (odd) => {
  const { store, queue } = open();
  const of = await restingTask(store);
  await expect(queue.enqueue([sampleStep(of, odd)], null)).rejects.toMatchObject({ code: 'input.invalid' });
  expect(await store.steps({ limit: 1 })).toEqual([]);
});

test('a claim of a number of steps that is none is refused', async () => {
  const { claim } = open();
  for (const limit of [1.5, Number.NaN]) await expect(claim(limit)).rejects.toMatchObject({ code: 'input.invalid' });
});
