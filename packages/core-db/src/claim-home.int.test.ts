import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { backupStore, claimHome, openStore, rebuildProjections, restoreStore } from './index.ts';
import { testPostgres, type TestPostgres } from './testing/index.ts';

let folder: string;
let place: TestPostgres;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hive-homes-'));
  place = await testPostgres();
});
afterEach(async () => {
  await place.drop();
  await rm(folder, { recursive: true });
});
const homeOf = (): string => join(folder, randomUUID());

test('a database on a server belongs to the home that came first, and every other one is refused by name', async () => {
  const [first, second] = [homeOf(), homeOf()];
  await claimHome({ url: place.url, home: first });
  await claimHome({ url: place.url, home: first });
  await expect(claimHome({ url: place.url, home: second })).rejects.toMatchObject({
    code: 'config.invalid',
    remedy: 'fix_config',
    message: expect.stringContaining(`belongs to another HIVE_HOME than ${second}`) as string,
  });
  // As the sentence says: whoever writes the id there takes its place.
  writeFileSync(join(second, 'home-id'), readFileSync(join(first, 'home-id')));
  await claimHome({ url: place.url, home: second });
});

test('processes that start at once on one new home agree on its id, and of two homes one wins', async () => {
  const one = homeOf();
  const other = homeOf();
  const claims = await Promise.allSettled(
    [one, one, one, other, other, other].map((home) => claimHome({ url: place.url, home })),
  );
  expect(claims.filter((it) => it.status === 'fulfilled')).toHaveLength(3);
  for (const home of [one, other]) expect(readdirSync(home)).toEqual(['home-id']);
});

test('a backup does not bring the home along: what is restored belongs to whoever starts there', async () => {
  const [old, next] = [homeOf(), homeOf()];
  await claimHome({ url: place.url, home: old });
  const made = await backupStore({ url: place.url, home: old }, { file: join(folder, 'a.gz'), version: '0.0.0' });
  const target = await testPostgres();
  await restoreStore({ url: target.url, home: next }, made.file);
  await claimHome({ url: target.url, home: next });
  await target.drop();
});

test('what would be without its artefacts is refused: a backup and a rebuild from another home', async () => {
  const [own, other] = [homeOf(), homeOf()];
  await (await openStore({ url: place.url, home: own })).close();
  await claimHome({ url: place.url, home: own });
  const from = { url: place.url, home: other };
  const refused = { code: 'config.invalid', message: expect.stringContaining('another HIVE_HOME') as string };
  await expect(backupStore(from, { file: join(folder, 'b.gz'), version: '0.0.0' })).rejects.toMatchObject(refused);
  await expect(rebuildProjections(from, { write: true })).rejects.toMatchObject(refused);
  expect(existsSync(join(folder, 'b.gz'))).toBe(false);
});

test('a SQLite file lies in its home, so nothing has to be written down', async () => {
  const home = homeOf();
  await (await openStore({ home })).close();
  await claimHome({ home });
  expect(existsSync(join(home, 'home-id'))).toBe(false);
});
