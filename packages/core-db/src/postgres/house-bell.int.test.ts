import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openStore, type Store } from '../index.ts';
import { anyRing, maskOf } from '../ring-mask.ts';
import { startPostgresProxy, testPostgres, type TestPostgres } from '../testing/index.ts';

let place: TestPostgres;
let folder: string;
const closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  place = await testPostgres();
  folder = await mkdtemp(join(tmpdir(), 'hive-house-'));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await place.drop();
  await rm(folder, { recursive: true, force: true });
});

type House = { readonly url: string; readonly home: string; readonly told: { byServer: number } };

/** A home of its own, and a way to the server that counts what it is told. */
const build = async (name: string): Promise<House> => {
  const told = { byServer: 0 };
  const proxy = await startPostgresProxy(place.url, { onRing: () => ((told.byServer += 1), [0]) });
  closing.push(() => proxy.close());
  return { url: proxy.url, home: join(folder, name), told };
};

/** A store that listens as an agent does, and what it hears. */
const enter = async ({ url, home }: Pick<House, 'url' | 'home'>) => {
  const store = await openStore({ url, home });
  const heard: number[] = [];
  store.listen((about) => void heard.push(about));
  let isOpen = true;
  const leave = async () => {
    if (isOpen) await store.close();
    isOpen = false;
  };
  closing.push(leave);
  return { store, heard, leave };
};

type Inmate = Awaited<ReturnType<typeof enter>>;

const rings = (of: readonly Inmate[]) => of.map(({ heard }) => heard.splice(0));
/** Rings until all have heard of it, which tells that all are in. */
const settled = async (by: Store, all: readonly Inmate[]): Promise<void> => {
  const about = maskOf(['merge']);
  await vi.waitFor(
    async () => {
      rings(all);
      by.ring(about);
      await new Promise((resolve) => setTimeout(resolve, 40));
      for (const heard of rings(all)) expect(heard).toContain(about);
    },
    { timeout: 60_000 },
  );
};

test('a ring reaches all processes of a house and of another one, and the server wakes one of each', async () => {
  const [near, far] = [await build('near'), await build('far')];
  const [mine, others] = [
    [await enter(near), await enter(near), await enter(near), await enter(near)],
    [await enter(far), await enter(far), await enter(far)],
  ];
  const all = [...mine, ...others];
  for (const { store } of all) await settled(store, all);
  const [about, next] = [maskOf(['check']), maskOf(['review'])];
  for (const { store } of mine) {
    rings(all);
    far.told.byServer = near.told.byServer = 0;
    store.ring(about);
    await vi.waitFor(() => all.forEach(({ heard }) => expect(heard).toContain(about)), { timeout: 60_000 });
    await vi.waitFor(() => expect(near.told.byServer).toBe(1), { timeout: 60_000 });
    expect(far.told.byServer).toBe(1);
    // The one that listens is told of its own ring too, and does not pass it on again.
    store.ring(next);
    await vi.waitFor(() => all.forEach(({ heard }) => expect(heard).toContain(next)), { timeout: 60_000 });
    const counts = all.filter((it) => it.store !== store).map(({ heard }) => heard.filter((it) => it === about).length);
    expect(counts).toEqual(counts.map(() => 1));
  }
});

test('another process listens when the one that did is gone, and what was rung meanwhile is looked for', async () => {
  const near = await build('near');
  const house = [await enter(near), await enter(near), await enter(near)];
  const other = await enter(await build('far'));
  for (const { store } of house) await settled(store, [...house, other]);
  await settled(other.store, house);
  const [first, ...rest] = house;
  rings(rest);
  await first?.leave();
  await vi.waitFor(() => rest.forEach(({ heard }) => expect(heard).toContain(anyRing)), { timeout: 60_000 });
  await settled(other.store, rest);
  for (const { store } of rest) await settled(store, [...rest, other]);
});

test('without a home, or with one that holds no socket, a process listens by itself', async () => {
  const { url } = await build('none');
  const alone = await enter({ url, home: '' });
  const sealed = await enter({ url, home: '/dev/null/home' });
  const other = await enter(await build('far'));
  for (const { store } of [alone, sealed, other]) await settled(store, [alone, sealed, other]);
});
