import { HiveError } from '@hive/errors';
import type { Done } from '@hive/llm';
import { expect, onTestFinished, test } from 'vitest';
import type { Box } from '../probe-box.ts';
import { aCall } from '../routing/testing.ts';
import { createLocalPlaces } from './places.ts';
import { createPool, type PoolOptions } from './pool.ts';

/** A box as a probe would find it. Absent: it says nothing until it is no longer waited for. */
type Found = { readonly models?: readonly string[]; readonly loaded?: readonly string[] } | 'refuses' | 'hangs';

const bytes = 5e9;
const boxOf = ({ models = ['coder:30b'], loaded = models }: Exclude<Found, string>): Box => ({
  version: '0.1.0',
  models: models.map((name) => ({ name, digest: name, size: bytes })),
  loaded: loaded.map((name) => ({
    name,
    digest: name,
    size: bytes,
    sizeVram: bytes,
    contextTokens: null,
    expiresAt: null,
  })),
});

const setUp = (found: Record<string, Found>, options: Partial<PoolOptions> = {}) => {
  const probes: string[] = [];
  const pool = createPool({
    boxes: Object.keys(found).map((name) => ({ name, endpoint: name, maxInFlight: 1, memoryBytes: null })),
    pace: { workMs: 30, idleMs: 30, probeMs: 60, againMs: 1 },
    asking: {
      probe: async (endpoint, within) => {
        probes.push(endpoint);
        const it = found[endpoint] ?? 'refuses';
        if (it === 'refuses') throw new HiveError('model.unreachable', `No Ollama answers at ${endpoint}`);
        if (it !== 'hangs') return boxOf(it);
        return new Promise((_, reject) => within().addEventListener('abort', () => reject(new Error('late'))));
      },
      show: () => Promise.resolve({ contextTokens: 32_768, bytesPerToken: 0, can: ['completion'] }),
    },
    ...options,
  });
  onTestFinished(() => pool.stop());
  return { pool, found, probes, places: createLocalPlaces(), signal: new AbortController().signal };
};

const call = (callId: string) => aCall({ callId, turnOf: callId });
const done = { timing: {}, usage: {} } as Done;

test('a call has its place for itself, and the next one waits until it is given back', async () => {
  const { pool, places, signal } = setUp({ ash: {} });
  const first = await pool.take(call('a'), { places, signal });
  expect(first).toMatchObject({ box: 'ash', model: 'coder:30b', endpoint: 'ash', numCtx: 16_384 });
  const waits = Promise.withResolvers<string>();
  const second = pool.take(call('b'), { places, signal, onWait: ({ because }) => waits.resolve(because) });
  expect(await waits.promise).toMatch(/queue 1/);
  expect((await places.read()).placed.map((it) => it.state)).toEqual(['runs', 'waits']);
  await first.end({ done });
  expect((await second).box).toBe('ash');
});

test('a call that waits moves to a box that comes free', async () => {
  const { pool, places, signal } = setUp({ ash: {}, elm: {} });
  const places2 = [await pool.take(call('a'), { places, signal }), await pool.take(call('b'), { places, signal })];
  expect(places2.map((it) => it.box).toSorted()).toEqual(['ash', 'elm']);
  const third = pool.take(call('c'), { places, signal });
  await places2[1]?.end({ done });
  expect((await third).box).toBe(places2[1]?.box);
});

test('a box that hangs holds up nobody, and is known to be away', async () => {
  const { pool, places, signal } = setUp({ ash: 'hangs', elm: {} });
  expect((await pool.take(call('a'), { places, signal })).box).toBe('elm');
  await pool.look();
  expect(pool.seen().map(({ name, up }) => [name, up])).toEqual([
    ['ash', false],
    ['elm', true],
  ]);
});

test('a box that goes away is noticed, and one that comes back is used again', async () => {
  const { pool, found, places, signal } = setUp({ ash: {}, elm: {} });
  await pool.look();
  found['ash'] = 'refuses';
  await pool.state(places);
  await expect.poll(() => pool.seen()[0]?.up).toBe(false);
  expect(pool.seen()[0]?.trouble).toBe('No Ollama answers at ash');
  expect((await pool.take(call('a'), { places, signal })).box).toBe('elm');
  found['ash'] = {};
  await expect.poll(() => pool.seen()[0]?.up).toBe(true);
  expect((await pool.take(call('b'), { places, signal })).box).toBe('ash');
});

test('after a call that could not reach its box nobody is sent there', async () => {
  const { pool, found, places, signal } = setUp({ ash: {}, elm: {} });
  const place = await pool.take(call('a'), { places, signal });
  found[place.box] = 'hangs';
  await place.end({ error: new HiveError('model.unreachable', 'gone') });
  expect(pool.seen().find(({ name }) => name === place.box)?.up).toBe(false);
  expect((await pool.take(call('b'), { places, signal })).box).not.toBe(place.box);
});

test('after a call that ran out of memory the model is left alone there', async () => {
  const { pool, places, signal } = setUp({ ash: {} });
  const place = await pool.take(call('a'), { places, signal });
  await place.end({ error: new HiveError('model.out_of_memory', 'no room') });
  await expect(pool.take(call('b'), { places, signal })).rejects.toMatchObject({
    code: 'model.unreachable',
    remedy: 'retry',
    message: expect.stringMatching(/ash ran out of memory/) as string,
  });
});

test('a model is held between two turns, three times in a row', async () => {
  const { pool, places, signal } = setUp({ ash: { models: ['coder:30b', 'other:7b'] } });
  const states: unknown[] = [];
  for (let turn = 0; turn < 5; turn++) {
    const place = await pool.take({ ...call(`turn ${turn}`), turnOf: 'agent' }, { places, signal });
    await place.end({ done, pause: true });
    states.push((await places.read()).placed.find((it) => it.callId === `turn ${turn}`)?.holds);
  }
  expect(states).toEqual([1, 2, 3, undefined, 1]);
});

test('a box whose owner has it gets no new call', async () => {
  const quiet = new Map([['ash', { quietUntil: Date.now() + 60_000 }]]);
  const { pool, places, signal } = setUp({ ash: {} }, { elsewhere: () => Promise.resolve(quiet) });
  await expect(pool.take(call('a'), { places, signal })).rejects.toMatchObject({ code: 'model.unreachable' });
});

test.each([
  ['nobody is configured', {}, 'model.missing'],
  ['nobody answers', { ash: 'refuses' }, 'model.unreachable'],
  ['nobody has the model', { ash: { models: ['other:7b'] } }, 'model.unknown'],
] as const)('where %s the error says what to do', async (_, found, code) => {
  const { pool, places, signal } = setUp(found);
  await expect(pool.take(call('a'), { places, signal })).rejects.toMatchObject({ code });
});

test('a wait that is cancelled leaves no place behind', async () => {
  const { pool, places, signal } = setUp({ ash: {} });
  await pool.take(call('a'), { places, signal });
  const stop = new AbortController();
  const waits = Promise.withResolvers<void>();
  const second = pool.take(call('b'), { places, signal: stop.signal, onWait: () => waits.resolve() });
  await waits.promise;
  stop.abort();
  await expect(second).rejects.toMatchObject({ code: 'model.cancelled' });
  expect((await places.read()).placed.map((it) => it.callId)).toEqual(['a']);
});

test('a hundred calls at once never have more places than there are', async () => {
  const { pool, places, signal } = setUp({ ash: {}, elm: {}, oak: {} });
  let [running, most] = [0, 0];
  const work = async (n: number) => {
    const place = await pool.take(call(`c${n}`), { places, signal });
    most = Math.max(most, ++running);
    await Promise.resolve();
    running -= 1;
    await place.end({ done });
  };
  await Promise.all(Array.from({ length: 100 }, (_, n) => work(n)));
  expect(most).toBeLessThanOrEqual(3);
  expect((await places.read()).placed).toEqual([]);
});
