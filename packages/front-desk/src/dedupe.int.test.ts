import { createBus, newId, type Bus } from '@hive/bus';
import { openStore, type Store } from '@hive/core-db';
import { testPostgres } from '@hive/core-db/testing';
import { streams, type Desk, type SubmitRequest } from '@hive/events';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createDesk, createFiring } from './index.ts';
import { folder, makeRepo, openHouse, patch } from './testing/house.ts';

const places = {
  SQLite: () => Promise.resolve({ home: folder() }),
  PostgreSQL: async () => {
    const { url, drop } = await testPostgres();
    onTestFinished(drop);
    return { home: '', url };
  },
};

/** Two stores of one database, as two processes have them, and a desk on each. */
const twoDesks = async (place: { readonly home: string; readonly url?: string }) => {
  const { config, artefacts } = await openHouse();
  const open = async (actor: string) => {
    const store = await openStore(place);
    const bus = createBus(store, actor);
    onTestFinished(async () => {
      bus.close();
      await store.close();
    });
    return { bus, store, desk: createDesk({ bus, artefacts, config }) };
  };
  const [one, two] = [await open('test/one'), await open('test/two')];
  const repo = makeRepo();
  const request: SubmitRequest = { goal: 'Say two', repo: repo.dir, checks: ['true'], patch };
  return { ...one, config, artefacts, desks: [one.desk, two.desk] as const, request };
};

const statesOf = async (desk: Desk): Promise<string[]> =>
  (await desk.workflows()).items.map((it) => it.status).toReversed();

const isWhole = async (store: Store): Promise<void> =>
  expect((await store.verify()).filter((it) => it.status === 'broken')).toEqual([]);

/** A worker wins the plan of a workflow, as one that asks a model for it does. */
const claimPlan = async (bus: Bus, workflowId: string): Promise<void> => {
  await bus.store.write({
    events: [],
    heads: [],
    insertSteps: [
      {
        id: newId(),
        kind: 'plan',
        stream: streams.workflow(workflowId),
        taskId: null,
        workflowId,
        capabilities: [],
        priority: 0,
        limits: [],
        rank: 0,
        due: [],
        becomes: null,
        state: 'ready',
        runAt: null,
        token: 0,
        attempt: 1,
        failures: 0,
        rescues: 0,
        maxAttempts: 2,
        maxRescues: 2,
        onlyAgent: null,
        avoidAgent: null,
        holder: null,
        holderAgent: null,
        leaseUntil: null,
        lastEventId: newId(),
        payload: null,
      },
    ],
  });
  const asking = { kinds: ['plan'] as const, capabilities: [], limit: 1, leaseMs: 15_000 };
  expect(await bus.queue.claim({ ...asking, agent: 'planner', incarnation: 'planner' })).toHaveLength(1);
};

describe.each(Object.entries(places))('dedupe keys on %s', (_name, makePlace) => {
  test('of many who hand in at the same moment one is recorded, and the others are told which', async () => {
    const { desks, desk, request, store } = await twoDesks(await makePlace());
    const dedupe = { key: 'nightly' };
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, n) => desks[n % 2 === 0 ? 0 : 1].submit({ ...request, dedupe })),
    );
    const [id, another] = [...new Set(all.map((it) => it.id))];
    expect(another).toBeUndefined();
    expect(all.filter((it) => it.duplicateOf === undefined)).toEqual([{ id, correlationId: id }]);
    expect(all.filter((it) => it.duplicateOf === id)).toHaveLength(7);
    expect(await statesOf(desk)).toEqual(['submitted']);
    await isWhole(store);
  });

  test('of many who replace at the same moment the last one stays, and each other names its successor', async () => {
    const { desks, desk, request, store } = await twoDesks(await makePlace());
    const dedupe = { key: 'latest', mode: 'replace' as const };
    const all = await Promise.all(
      Array.from({ length: 6 }, (_, n) => desks[n % 2 === 0 ? 0 : 1].submit({ ...request, dedupe })),
    );
    const replaced = all.flatMap((it) => it.replaced ?? []);
    expect(new Set(replaced).size).toBe(5);
    expect((await statesOf(desk)).toSorted()).toEqual([...Array.from({ length: 5 }, () => 'cancelled'), 'submitted']);
    for (const it of all) {
      const [old] = it.replaced ?? [];
      if (old === undefined) continue;
      const trace = await desk.trace(old);
      expect(trace.map((event) => event.type)).toEqual(['workflow.submitted', 'workflow.cancelled']);
      expect(trace[1]?.data).toMatchObject({ reason: expect.stringContaining(it.id.slice(-8)) as string });
    }
    await isWhole(store);
  });
});

test('a key is taken while its workflow is open, in its own repository only', async () => {
  const { desk, request } = await twoDesks(await places.SQLite());
  const dedupe = { key: 'nightly' };
  const first = await desk.submit({ ...request, dedupe });
  expect((await desk.submit({ ...request, dedupe: { key: 'other' } })).duplicateOf).toBeUndefined();
  expect((await desk.submit({ ...request, repo: makeRepo().dir, dedupe })).duplicateOf).toBeUndefined();
  expect((await desk.submit(request)).duplicateOf).toBeUndefined();
  expect((await desk.submit({ ...request, dedupe })).duplicateOf).toBe(first.id);
  await desk.pause(first.id);
  expect((await desk.submit({ ...request, dedupe })).duplicateOf).toBe(first.id);
  await desk.cancel(first.id);
  const next = await desk.submit({ ...request, dedupe });
  expect(next).toEqual({ id: next.id, correlationId: next.id });
  expect((await desk.health()).subscriptions).toEqual([]);
});

test('with a window what is over takes the key for so long, unless it was cancelled', async () => {
  const { desk, request, bus, store } = await twoDesks(await places.SQLite());
  const dedupe = { key: 'hourly', windowS: 3600 };
  await desk.cancel((await desk.submit({ ...request, dedupe })).id);
  const first = await desk.submit({ ...request, dedupe });
  expect(first.duplicateOf).toBeUndefined();
  const stream = streams.workflow(first.id);
  const failed = { workflowId: first.id, code: 'internal' as const, reason: 'over' };
  await bus.command({
    on: stream,
    correlationId: first.id,
    events: [{ type: 'workflow.plan_failed', stream, data: failed }],
  });
  const usage = { input: 0, output: 0, cached: 0, costUsd: 0, calls: 0 };
  const data = { ...failed, merged: 0, refused: 0, waiting: 0, usage };
  await bus.command({ on: stream, correlationId: first.id, events: [{ type: 'workflow.failed', stream, data }] });
  expect((await desk.submit({ ...request, dedupe })).duplicateOf).toBe(first.id);
  const real = store.now;
  vi.spyOn(store, 'now').mockImplementation(async () => new Date(Date.parse(await real()) + 3_601_000).toISOString());
  expect((await desk.submit({ ...request, dedupe })).duplicateOf).toBeUndefined();
});

test('debounce takes the place of one that waits, and keeps one whose work has begun', async () => {
  const { desk, request, bus, store } = await twoDesks(await places.SQLite());
  const dedupe = { key: 'typing', mode: 'debounce' as const };
  const first = await desk.submit({ ...request, dedupe });
  const second = await desk.submit({ ...request, dedupe });
  expect(second.replaced).toEqual([first.id]);
  expect((await desk.workflow(first.id)).status).toBe('cancelled');
  await claimPlan(bus, second.id);
  // Its plan was handed in, so nobody has worked for it yet.
  const third = await desk.submit({ ...request, dedupe });
  expect(third.replaced).toEqual([second.id]);
  const read = store.listHeads;
  vi.spyOn(store, 'listHeads').mockImplementation(async (query) =>
    (await read(query)).map((head) => {
      const view = head.view as { submission: object };
      return { ...head, view: { ...view, submission: { ...view.submission, source: 'model' } } };
    }),
  );
  expect((await desk.submit({ ...request, dedupe })).replaced).toEqual([third.id]);
  const last = (await desk.workflows({ limit: 1 })).items[0]?.id ?? '';
  await claimPlan(bus, last);
  expect((await desk.submit({ ...request, dedupe })).duplicateOf).toBe(last);
});

test('whoever repeats an Idempotency-Key at the same moment is no duplicate of itself', async () => {
  const { desks, request } = await twoDesks(await places.SQLite());
  const asked = { ...request, dedupe: { key: 'nightly' } };
  const all = await Promise.all([0, 1, 0, 1].map((n) => desks[n === 0 ? 0 : 1].submit(asked, { key: 'once' })));
  const [{ id } = { id: '' }] = all;
  expect(all).toEqual(all.map(() => ({ id, correlationId: id })));
});

test('a repeated Idempotency-Key answers what it made, and a keyed replacement is made once', async () => {
  const { desks, desk, request } = await twoDesks(await places.SQLite());
  const dedupe = { key: 'latest', mode: 'replace' as const };
  const old = await desk.submit({ ...request, dedupe });
  const same = await Promise.all(
    [0, 1, 0, 1].map((n) => desks[n === 0 ? 0 : 1].submit({ ...request, dedupe }, { key: 'again' })),
  );
  expect(new Set(same.map((it) => it.id)).size).toBe(1);
  expect(same.every((it) => it.duplicateOf === undefined)).toBe(true);
  expect((await desk.workflow(old.id)).status).toBe('cancelled');
  expect(await statesOf(desk)).toEqual(['cancelled', 'submitted']);
});

test('a schedule with a key hands in nothing while the last one is open', async () => {
  const { desk, request, bus, store, config, artefacts } = await twoDesks(await places.SQLite());
  const made = await desk.schedule({ request: { ...request, dedupe: { key: 'nightly' } }, cron: '0 3 * * *' });
  const firing = createFiring(bus, artefacts, { config, means: {} });
  const real = store.now;
  let days = 1;
  vi.spyOn(store, 'now').mockImplementation(async () =>
    new Date(Date.parse(await real()) + days * 86_400_000).toISOString(),
  );
  expect(await firing.fireDue()).toBe(1);
  const first = (await desk.scheduled(made.id)).last;
  expect(first).toMatchObject({ code: null, reason: null });
  days = 2;
  expect(await firing.fireDue()).toBe(1);
  expect((await desk.scheduled(made.id)).last).toMatchObject({
    workflowId: first?.workflowId,
    code: null,
    reason: expect.stringContaining('dedupe key') as string,
  });
  expect(await statesOf(desk)).toEqual(['submitted']);
});

test('a key that is none is refused, and nothing is recorded', async () => {
  const { desk, store } = await openHouse();
  const request = { goal: 'x', repo: makeRepo().dir, checks: ['true'], patch };
  const wrong: [object, RegExp][] = [
    [{ key: '' }, /dedupe\.key: it is empty/],
    [{ key: '  ' }, /it is blank/],
    [{ key: 'x'.repeat(201) }, /dedupe\.key/],
    [{ key: 'a\u0000' }, /control characters/],
    [{ key: 'a', windowS: -1 }, /dedupe\.windowS/],
    [{ key: 'a', windowS: 1.5 }, /dedupe\.windowS/],
    [{ key: 'a', mode: 'drop' }, /dedupe\.mode/],
    [{ mode: 'keep' }, /dedupe\.key/],
  ];
  for (const [dedupe, message] of wrong)
    await expect(desk.submit({ ...request, dedupe: dedupe as never })).rejects.toMatchObject({
      code: 'input.invalid',
      message: expect.stringMatching(message) as string,
    });
  expect((await store.events({ limit: 1 })).events).toEqual([]);
});

test('one that is over by the time it would be replaced is left as it is', async () => {
  const { desks, desk, request, store } = await twoDesks(await places.SQLite());
  const dedupe = { key: 'latest', mode: 'replace' as const };
  const old = await desk.submit({ ...request, dedupe });
  const read = store.listHeads;
  let looks = 0;
  vi.spyOn(store, 'listHeads').mockImplementation(async (query) => {
    const found = await read(query);
    if (++looks === 2) await desks[1].cancel(old.id);
    return found;
  });
  expect((await desk.submit({ ...request, dedupe })).replaced).toBeUndefined();
  expect(await statesOf(desk)).toEqual(['cancelled', 'submitted']);
  expect((await desk.trace(old.id))[1]?.data).toEqual({ workflowId: old.id });
});
