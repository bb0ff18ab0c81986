import { newId } from '@hive/bus';
import { afterEach, expect, test, vi } from 'vitest';
import { called } from './testing/called.ts';
import { openHouse } from './testing/house.ts';

afterEach(() => vi.restoreAllMocks());

test('the day tells what its calls took beside its limit, and a new day begins with nothing', async () => {
  const { desk, bus, store } = await openHouse({ yaml: 'hive:\n  budgets:\n    day: { usd: 5, tokens: 30000 }\n' });
  expect(await desk.budget()).toMatchObject({
    ...{ spent: { tokens: 0, usd: 0 }, open: { tokens: 0, usd: 0 } },
    ...{ limit: { usd: 5, tokens: 30_000 }, usedShare: 0 },
  });
  await bus.command({ on: null, correlationId: newId(), events: [called({ costUsd: 1.25 })] });
  await bus.command({ on: null, correlationId: newId(), events: [called({ costUsd: 2.5 })] });
  const today = await desk.budget();
  expect(today).toMatchObject({ spent: { tokens: 3080, usd: 3.75 }, usedShare: 0.75 });
  expect(Date.parse(today.since)).toBeLessThanOrEqual(Date.now());
  expect(Date.parse(today.resetsAt)).toBeGreaterThan(Date.now());
  expect((await store.verify()).filter((it) => it.status === 'broken')).toEqual([]);

  vi.spyOn(bus.around, 'wall').mockReturnValue(Date.parse(today.resetsAt) + 1);
  const tomorrow = await desk.budget();
  expect(tomorrow).toMatchObject({ since: today.resetsAt, spent: { tokens: 0, usd: 0 }, usedShare: 0 });
  expect(tomorrow.day > today.day).toBe(true);
});

test('without a limit there is no share', async () => {
  const { desk, bus } = await openHouse();
  await bus.command({ on: null, correlationId: newId(), events: [called({ costUsd: null })] });
  expect(await desk.budget()).toMatchObject({ spent: { tokens: 1540, usd: 0 }, limit: null, usedShare: null });
});

test('a day of many calls is added up in turns, and what has settled is not read again', async () => {
  const { desk, bus, store } = await openHouse();
  await bus.command({
    on: null,
    correlationId: newId(),
    events: Array.from({ length: 450 }, () => called({ costUsd: 0.01 })),
  });
  const read = vi.spyOn(store, 'listHeads');
  const turns = vi.spyOn(globalThis, 'setImmediate');
  expect((await desk.budget()).spent).toEqual({ tokens: 693_000, usd: expect.closeTo(4.5) });
  expect(read).toHaveBeenCalledTimes(3);
  expect(turns.mock.calls.length).toBeGreaterThanOrEqual(2);
  const wall = Date.now();
  vi.spyOn(bus.around, 'wall').mockReturnValue(wall + 61_000);
  await desk.budget();
  read.mockClear();
  expect((await desk.budget()).spent.tokens).toBe(693_000);
  expect(read).toHaveBeenCalledTimes(1);
  await expect(read.mock.results[0]?.value).resolves.toEqual([]);
});
