import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeHome, processesOf, type Home } from './hive.ts';

let home: Home;
beforeEach(async () => {
  home = await makeHome();
});
afterEach(() => home.remove());

type Document = {
  readonly holds: boolean;
  readonly carriedOut: Readonly<Record<string, number>>;
  readonly missed: readonly unknown[];
  readonly places: readonly { readonly role: string; readonly struck: number; readonly passed: number }[];
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly touched: readonly string[];
  readonly stuck: readonly string[];
  readonly leftBehind: readonly string[];
};

const chaos = (...args: string[]): Promise<Document> =>
  home.json<Document>('chaos', '--plan', 'every', '--workflow', 'small', ...args);

test('a hundred kills at named places: nothing is lost, doubled, touched, stuck or left behind', async () => {
  // Two buildings at once, each with its half of the places: one works while the other waits for a restart.
  const both = await Promise.all([chaos('--kills', '50'), chaos('--from', '50', '--kills', '50')]);
  for (const document of both)
    expect(document).toMatchObject({ holds: true, lost: [], doubled: [], touched: [], stuck: [], leftBehind: [] });
  const sum = (of: (it: Document) => number) => both.reduce((total, it) => total + of(it), 0);
  const struck = sum(({ carriedOut: { kill = 0, group = 0, child = 0 } }) => kill + group + child);
  expect(struck + sum((it) => it.missed.length)).toBe(100);
  expect(struck).toBeGreaterThan(85);
  const roles = both.flatMap((it) => it.places.filter((place) => place.struck > 0).map((place) => place.role));
  expect(new Set(roles).size).toBe(6);
  // Nothing of it happened in the caller's own home.
  expect(await readdir(home.home).catch(() => [])).toEqual([]);
});

test('failpoints are armed by tests only: a variable that was left over starts nothing', async () => {
  const careless = await makeHome({ HIVE_FAILPOINTS: 'claim.before=kill' });
  const ended = await careless.hive('up', '--json');
  expect(ended.code).toBe(78);
  expect(ended.stdout).toContain('HIVE_FAILPOINTS is set, which only tests may do');
  expect(await processesOf(careless.home)).toEqual([]);
  await careless.remove();
});

test('--kills and --seed take numbers', async () => {
  expect((await home.hive('chaos', '--kills', 'many')).code).toBe(2);
});
