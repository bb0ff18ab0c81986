import { randomUUID } from 'node:crypto';
import { streams } from '@hive/events';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../open-store.ts';
import type { Start, Store } from '../port.ts';
import { sampleStep, sampleWrite, startPostgresProxy, testPostgres } from '../testing/index.ts';
import { sampleStart } from '../testing/samples.ts';

/** A step that is put into the queue and claimed in the same moment, where nothing else waits; nothing may wait when a test begins. */
let place: Awaited<ReturnType<typeof testPostgres>>;
let store: Store;
beforeAll(async () => {
  place = await testPostgres();
  store = await openStore({ url: place.url, home: '' });
});
afterAll(async () => {
  await store.close();
  await place.drop();
});

const resting = async (state = 'idle', stream = `box/${randomUUID()}`): Promise<string> => {
  await store.write(sampleWrite(stream, 0, { head: { state } }));
  return stream;
};
const plain = { taskId: null, capabilities: [] };
const query = {
  kinds: ['work'],
  agent: 'me',
  incarnation: randomUUID(),
  capabilities: [],
  actor: 'worker/me',
} as const;
const claim = (on: Store = store, limit = 9) => on.claim({ ...query, limit, leaseMs: 15_000, newId: randomUUID });
const atOnce = async (starts: readonly Start[], on: Store = store) => {
  const [{ status }, won] = await Promise.all([on.write({ events: [], heads: [], starts }), claim(on)]);
  return { status, won: won.map(({ step }) => step.id) };
};
const typesOf = async (stream: string) =>
  (await store.events({ stream, limit: 9 })).events.map(({ type, version }) => `${version} ${type}`);
const claimed = ['2 task.assigned', '3 task.claimed'];

test('is won with the head of its workflow, and both events are told in one commit', async () => {
  const workflowId = randomUUID();
  await store.write(sampleWrite(streams.workflow(workflowId), 0, { head: { state: 'running' } }));
  const stream = await resting();
  const start = sampleStart(stream, { capabilities: [], workflowId, payload: { of: ['one'] }, becomes: 'busy' });
  const [, [won]] = await Promise.all([store.write({ events: [], heads: [], starts: [start] }), claim()]);
  const { step, head, workflow } = won ?? {};
  expect(step).toMatchObject({ id: start.step.id, state: 'claimed', token: 1, attempt: 1, payload: { of: ['one'] } });
  expect(head).toMatchObject({ stream, version: 3, token: 1, state: 'busy', lastEventId: step?.lastEventId });
  expect(workflow).toMatchObject({ id: workflowId, state: 'running' });
  const { events } = await store.events({ stream, limit: 9 });
  expect(events.slice(1)).toMatchObject([
    { id: start.event.id, type: 'task.assigned', version: 2 },
    { id: step?.lastEventId, type: 'task.claimed', version: 3, causationId: start.event.id },
  ]);
  expect(events[1]?.cursor.xid).toBe(events[2]?.cursor.xid);
  expect(await store.steps({ ids: [start.step.id], limit: 1 })).toEqual([step]);
});

test('is not won with a clock from before it waited for its stream', async () => {
  const stream = await resting();
  await atOnce([sampleStart(await resting(), plain)]);
  const other = new pg.Client({ connectionString: place.url });
  await other.connect();
  await other.query('begin');
  await other.query('select 1 from stream_head where stream = $1 for update', [stream]);
  const [, claimed] = [store.write({ events: [], heads: [], starts: [sampleStart(stream, plain)] }), claim()];
  await new Promise((after) => setTimeout(after, 1_500));
  await other.query('commit');
  const [won] = await claimed;
  expect(Date.parse(won?.step.leaseUntil ?? '') - Date.parse(await store.now())).toBeGreaterThan(15_000 - 1_000);
  await other.end();
});

test('goes after what waits already, and after what is due', async () => {
  for (const older of [{}, { state: 'scheduled', runAt: '2020-01-01T00:00:00.000Z' }] as const) {
    const before = sampleStep({ ...plain, stream: await resting(), ...older });
    await store.write({ events: [], heads: [], insertSteps: [before] });
    const start = sampleStart(await resting(), plain);
    const [, won] = await Promise.all([store.write({ events: [], heads: [], starts: [start] }), claim(store, 1)]);
    expect(won.map(({ step }) => step.id)).toEqual([before.id]);
    expect((await claim()).map(({ step }) => step.id)).toEqual([start.step.id]);
  }
});

test('is won with whatever its payload holds', async () => {
  const start = sampleStart(await resting(), { ...plain, payload: { of: ['\u0000 "\\ \u0001 \ud800', null] } });
  const [, [won]] = await Promise.all([store.write({ events: [], heads: [], starts: [start] }), claim()]);
  expect(won?.step.payload).toEqual(start.step.payload);
});

test('is refused with all of its write where it does not fit, and the claim wins nothing', async () => {
  const fits = await resting();
  const held = await resting('held');
  const gone = await resting();
  await atOnce([sampleStart(gone, plain)]);
  const known = sampleStart(await resting(), plain);
  await atOnce([known]);
  for (const [wrong, status] of [
    [sampleStart(held, { ...plain, due: ['idle'] }), 'version'],
    [{ ...sampleStart(await resting(), plain), unless: { stream: held, state: 'held' } }, 'version'],
    [sampleStart(gone, plain), 'version'],
    [sampleStart(`box/${randomUUID()}`, plain), 'version'],
    [sampleStart(await resting(), { ...plain, id: known.step.id }), 'step'],
  ] as const)
    expect(await atOnce([sampleStart(fits, plain), wrong])).toEqual({ status, won: [] });
  expect(await typesOf(fits)).toHaveLength(1);
});

test('is not won by whoever may not have it', async () => {
  for (const [given, who] of [
    [{ onlyAgent: 'you' }, { agent: 'you' }],
    [{ capabilities: ['gpu'] }, { capabilities: ['gpu'] }],
    [{ kind: 'check' }, { kinds: ['check'] }],
  ] as const) {
    const start = sampleStart(await resting(), { ...plain, ...given });
    expect(await atOnce([start])).toEqual({ status: 'written', won: [] });
    const won = await store.claim({ ...query, ...who, limit: 9, leaseMs: 15_000, newId: randomUUID });
    expect(won.map(({ step }) => step.id)).toEqual([start.step.id]);
  }
});

test('comes back into the lane of its own when it is given back, also one that nobody knew', async () => {
  const agent = `only-${randomUUID()}`;
  const mine = { ...query, agent, limit: 9, leaseMs: 15_000, newId: randomUUID };
  const start = sampleStart(await resting(), { ...plain, onlyAgent: agent });
  const [, [won]] = await Promise.all([store.write({ events: [], heads: [], starts: [start] }), store.claim(mine)]);
  expect(won?.step.token).toBe(1);
  await store.write({
    events: [],
    heads: [],
    changeSteps: [
      {
        id: start.step.id,
        expect: { state: 'claimed', token: 1 },
        set: { state: 'ready', holder: null, holderAgent: null, leaseUntil: null },
      },
    ],
  });
  expect(await claim()).toEqual([]);
  expect((await store.claim(mine)).map(({ step }) => [step.id, step.token])).toEqual([[start.step.id, 2]]);
});

test('that nobody could read again is refused', async () => {
  const odd = sampleStart(await resting(), { ...plain, onlyAgent: 'me\u0001' });
  await expect(Promise.all([store.write({ events: [], heads: [], starts: [odd] }), claim()])).rejects.toMatchObject({
    code: 'event.invalid',
  });
  const named = sampleStart(await resting(), { ...plain, becomes: 'a\u0001b' });
  await expect(Promise.all([store.write({ events: [], heads: [], starts: [named] }), claim()])).rejects.toMatchObject({
    code: 'event.invalid',
  });
});

test('whose answer was lost is recognised, and won once', async () => {
  // The first try is cut, the second one is not.
  const proxy = await startPostgresProxy(place.url, { onCommit: (n) => (n === 1 ? 'lose-reply' : null) });
  const far = await openStore({ url: proxy.url, home: '' });
  const starts = [sampleStart(await resting(), plain), sampleStart(await resting(), plain)];
  const { status, won } = await atOnce(starts, far);
  expect(proxy.counts().faults).toBe(1);
  expect({ status, won: won.toSorted() }).toEqual({
    status: 'written',
    won: starts.map(({ step }) => step.id).toSorted(),
  });
  for (const { event } of starts) expect((await typesOf(event.stream)).slice(1)).toEqual(claimed);
  await far.close();
  await proxy.close();
});
