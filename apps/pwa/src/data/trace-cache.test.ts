import { deleteDB } from 'idb';
import { afterEach, expect, test } from 'vitest';
import { createTraceCache, type TraceCacheLimits } from './trace-cache.ts';

const database = 'hive-test-traces';
let clock = 0;
const cacheOf = (limits: TraceCacheLimits = { bytes: 1e6, opened: 50 }) =>
  createTraceCache({ database, limits, now: () => (clock += 1) });
const ids = async (cache: ReturnType<typeof cacheOf>) => (await cache.list()).map(({ correlationId }) => correlationId);
/** A text that does not compress. */
const noise = (bytes: number) =>
  Array.from({ length: bytes / 20_000 }, () =>
    String.fromCharCode(...Array.from(crypto.getRandomValues(new Uint8Array(20_000)), (byte) => 33 + (byte % 90))),
  ).join('');

afterEach(() => deleteDB(database));

test('a trace is read as it was stored, by its whole id or an ending, and by another tab', async () => {
  const cache = cacheOf();
  const text = 'one event after the other, '.repeat(10_000);
  await cache.put('trace-one', 0, text);
  await cache.put('trace-one', 1, 'the second chunk ⬡');
  await cache.put('trace-one', 'result', '{}');
  await cache.keep('trace-one', { summary: { goal: 'Count' } });
  const other = cacheOf();
  expect(await other.get('trace-one', 0)).toBe(text);
  expect(await other.get('trace-one', 1)).toBe('the second chunk ⬡');
  expect(await other.get('trace-one', 2)).toBeNull();
  expect(await other.open('one')).toMatchObject({ correlationId: 'trace-one', beside: { summary: { goal: 'Count' } } });
  expect(await other.open('')).toBeNull();
  expect(await other.open('two')).toBeNull();
  expect(await other.bytes()).toBeLessThan(text.length / 100);
});

test('a part that is stored again is counted once', async () => {
  const cache = cacheOf();
  await cache.put('one', 0, noise(40_000));
  const before = await cache.bytes();
  await cache.put('one', 0, 'little');
  expect(await cache.bytes()).toBeLessThan(before / 10);
});

test('what was opened longest ago goes first, what is pinned stays, and so does what is being read', async () => {
  const cache = cacheOf({ bytes: 1e6, opened: 2 });
  for (const id of ['a', 'b']) await cache.put(id, 0, id);
  await cache.pin('a', true);
  await cache.put('c', 0, 'c');
  await cache.open('b');
  await cache.put('d', 0, 'd');
  expect(await ids(cache)).toEqual(['d', 'b', 'a']);
  expect(await cache.get('c', 0)).toBeNull();
  await cache.pin('a', false);
  expect(await ids(cache)).toEqual(['d', 'b']);

  const small = cacheOf({ bytes: 50_000, opened: 50 });
  await small.put('large', 0, noise(100_000));
  expect(await ids(small)).toEqual(['large']);
  await small.put('next', 0, 'next');
  expect(await ids(small)).toEqual(['next']);
});

test('clearing leaves nothing', async () => {
  const cache = cacheOf();
  await cache.put('a', 0, 'a');
  await cache.pin('a', true);
  await cache.clear();
  expect([await cache.list(), await cache.get('a', 0), await cache.bytes()]).toEqual([[], null, 0]);
});
