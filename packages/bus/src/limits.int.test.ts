import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type StepRow, type Store } from '@hive/core-db';
import { sampleStep as storedStep, testPostgres } from '@hive/core-db/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBus, type Bus } from './bus.ts';
import { newId } from './ids.ts';
import { enqueueTask } from './testing/samples.ts';

const places = {
  SQLite: () => {
    const home = mkdtempSync(join(tmpdir(), 'hive-limits-'));
    return Promise.resolve({ options: { home }, remove: async () => rmSync(home, { recursive: true }) });
  },
  PostgreSQL: async () => {
    const place = await testPostgres();
    return { options: { home: '', url: place.url }, remove: place.drop };
  },
};

describe.each(Object.entries(places))('limits on %s', (_name, makePlace) => {
  let place: Awaited<ReturnType<typeof makePlace>>;
  const stores: Store[] = [];
  const open = async (): Promise<Bus> => {
    const store = await openStore(place.options);
    stores.push(store);
    return createBus(store, 'test/limits');
  };
  beforeAll(async () => {
    place = await makePlace();
  });
  afterAll(async () => {
    await Promise.all(stores.map((it) => it.close()));
    await place.remove();
  });

  /** Ready tasks of one workflow whose work falls under one limit. */
  const enqueue = async (bus: Bus, count: number, limits: { key: string; max: number }[]): Promise<void> => {
    const workflowId = newId();
    for (let i = 0; i < count; i++) await enqueueTask(bus.store, { workflowId, limits });
  };
  const claiming = { kinds: ['work'] as const, capabilities: [], limit: 10, leaseMs: 15_000 };

  test('at most so many of a key are claimed at once by any number of processes, and a place is handed on at once', async () => {
    const buses = await Promise.all([open(), open(), open()]);
    const [first] = buses;
    if (!first) throw new Error('no bus');
    await enqueue(first, 9, [{ key: 'repository:a', max: 2 }]);
    let inside = 0;
    let most = 0;
    let ended = 0;
    const take = async (bus: Bus, agent: string): Promise<void> => {
      while (ended < 9) {
        const claims = await bus.queue.claim({ ...claiming, agent, incarnation: agent });
        inside += claims.length;
        most = Math.max(most, inside);
        for (const claim of claims) {
          inside -= 1;
          ended += 1;
          const failed = { code: 'internal', reason: 'over', retry: false } as const;
          expect(await bus.queue.fail(claim, failed)).toBe('done');
        }
        if (claims.length === 0) await new Promise((turn) => setTimeout(turn, 2));
      }
    };
    await Promise.all(buses.map((bus, i) => take(bus, `taker-${i}`)));
    expect(most).toBeLessThanOrEqual(2);
    expect(await first.store.steps({ limited: true, limit: 10 })).toEqual([]);
  });

  test('a step that comes back waits for room again, and whoever died gives its place back', async () => {
    const bus = await open();
    await enqueue(bus, 2, [{ key: 'repository:b', max: 1 }]);
    const claim = (agent: string) => bus.queue.claim({ ...claiming, agent, incarnation: agent });
    const [held] = await claim('a');
    if (!held) throw new Error('not claimed');
    expect(await claim('b')).toEqual([]);
    await bus.store.renew([{ id: held.step.id, token: held.step.token }], 'a', -1);
    expect(await bus.queue.rescue()).toBe(1);
    await bus.queue.admit();
    const [next] = await claim('b');
    if (!next) throw new Error('not claimed');
    await bus.queue.snooze(next, 0, 'not now');
    // The snoozed one is due at once, and stands behind the one that was let in for it.
    const [other] = await claim('a');
    expect(other?.step.id).not.toBe(next.step.id);
    expect((await bus.store.steps({ limited: true, limit: 10 })).map((it) => it.state).toSorted()).toEqual([
      'claimed',
      'parked',
    ]);
  });

  test('what stands in line is counted to its end, and the last in line under a key that is free goes in', async () => {
    const bus = await open();
    const { taskId, workflowId } = await enqueueTask(bus.store);
    const put = (given: readonly Partial<StepRow>[]) =>
      bus.store.write({
        events: [],
        heads: [],
        insertSteps: given.map((more) => storedStep({ ...{ taskId, workflowId, state: 'parked' }, ...more })),
      });
    const full = [{ key: 'repository:full', max: 1 }];
    for (let n = 0; n < 11; n++)
      await put(Array.from({ length: 1_000 }, (_, i) => ({ rank: 1_000 * n + i, limits: full })));
    const id = `zz-${newId()}`; // after all others, in whatever order they are read
    await put([
      { rank: 1e9, id: `${id}-in`, limits: full, state: 'ready' },
      { rank: 1e9, id: `${id}-free`, limits: [{ key: 'repository:free', max: 1 }] },
    ]);
    expect(await bus.queue.admit()).toBe(1);
    expect(await bus.store.limitCounts()).toEqual(
      expect.arrayContaining([
        { limits: full, state: 'parked', count: 11_000 },
        { limits: full, state: 'ready', count: 1 },
        { limits: [{ key: 'repository:free', max: 1 }], state: 'ready', count: 1 },
      ]),
    );
    expect(await bus.queue.admit()).toBe(0);
  }, 60_000);
});
