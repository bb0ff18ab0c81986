import Database from 'better-sqlite3';
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, type Store } from '../index.ts';
import * as tables from '../schema/sqlite.ts';
import { sampleWrite } from '../testing/index.ts';
import { sqliteError } from './errors.ts';
import { doorbellPath } from '../star/doorbell-path.ts';

let home: string;
const opened: Store[] = [];
const open = async (more: Partial<Parameters<typeof openStore>[0]> = {}) => {
  const store = await openStore({ home, ...more });
  opened.push(store);
  return store;
};
const raw = <T>(act: (db: Database.Database) => T): T => {
  const db = new Database(join(home, 'hive.db'));
  try {
    return act(db);
  } finally {
    db.close();
  }
};

beforeEach(async () => void (home = await mkdtemp(join(tmpdir(), 'hive-open-'))));
afterEach(async () => {
  await Promise.all(opened.splice(0).map((it) => it.close()));
  await rm(home, { recursive: true, force: true });
});

test('many that open a new store at once make it together', async () => {
  const stores = await Promise.all(Array.from({ length: 8 }, () => open()));
  expect(new Set(await Promise.all(stores.map(async (it) => (await it.about()).schema))).size).toBe(1);
  expect(statSync(join(home, 'hive.db')).mode & 0o777).toBe(0o600);
  expect(statSync(join(home, 'hive.db-wal')).mode & 0o777).toBe(0o600);
});

test('the file has the tables of the schema, all of them strict', async () => {
  await open();
  for (const table of Object.values(tables) as SQLiteTable[]) {
    const { name, columns } = getTableConfig(table);
    const found = raw((db) =>
      db.prepare('select name, "notnull" as need from pragma_table_info(?) order by name').all(name),
    );
    const wanted = columns
      .map((it) => ({ name: it.name, need: it.notNull ? 1 : 0 }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(found).toEqual(wanted);
    expect(raw((db) => db.prepare('select strict from pragma_table_list where name = ?').pluck().get(name))).toBe(1);
  }
});

test('a store of a newer Hive is refused with both versions, and nothing is changed', async () => {
  await (await openStore({ home })).close();
  raw((db) => db.exec(`update meta set value = '99' where key = 'schema'`));
  await expect(openStore({ home })).rejects.toMatchObject({
    code: 'store.newer',
    remedy: 'fix_config',
    message: expect.stringMatching(/schema 99, .* up to 6/) as string,
  });
  await expect(openStore({ home, readonly: true })).rejects.toMatchObject({ code: 'store.newer' });
});

test('an older store is refused by those who may not migrate it', async () => {
  raw((db) => db.exec('create table other (a)'));
  await expect(openStore({ home, migrate: false })).rejects.toMatchObject({
    code: 'store.unavailable',
    remedy: 'fix_config',
  });
  await expect(openStore({ home, readonly: true })).rejects.toMatchObject({ code: 'store.unavailable' });
});

test('a migration that fails half-way leaves the store as it was', async () => {
  raw((db) => db.exec('create table trace (mine)'));
  await expect(openStore({ home })).rejects.toMatchObject({
    code: 'store.unavailable',
    remedy: 'fix_config',
    message: expect.stringMatching(/hive\.db has no schema mark, and its tables are in the way .*trace/) as string,
  });
  expect(raw((db) => db.prepare(`select name from sqlite_schema where type = 'table'`).pluck().all())).toEqual([
    'trace',
  ]);
  raw((db) => db.exec('drop table trace'));
  expect((await (await open()).about()).schema).toBe(6);
});

test.each(['abc', '', '-1', '1.5', '0x1', ' 6 '])('a schema mark that is no number (%j) is refused', async (mark) => {
  await (await openStore({ home })).close();
  raw((db) => db.prepare(`update meta set value = ? where key = 'schema'`).run(mark));
  for (const more of [{}, { readonly: true }, { migrate: false }])
    await expect(openStore({ home, ...more })).rejects.toMatchObject({
      code: 'store.unavailable',
      message: expect.stringMatching(/a schema mark that is no whole number.* Nothing was changed/) as string,
    });
  expect(raw((db) => db.prepare('select value from meta').pluck().get())).toBe(mark);
});

test.each(['drop table meta', 'delete from meta', 'drop table meta; create table meta (a)'])(
  'a store without its schema mark is left alone (%s)',
  async (sql) => {
    await (await openStore({ home })).close();
    raw((db) => db.exec(sql));
    await expect(openStore({ home })).rejects.toMatchObject({ code: 'store.unavailable', remedy: 'fix_config' });
  },
);

test('a store opened for reading reads and refuses to write', async () => {
  const store = await open();
  await store.write(sampleWrite('box/a', 0));
  const reader = await open({ readonly: true });
  expect((await reader.events({ limit: 5 })).events).toHaveLength(1);
  await expect(reader.write(sampleWrite('box/a', 1))).rejects.toMatchObject({ code: 'store.readonly' });
  await store.write(sampleWrite('box/a', 1));
  expect((await reader.events({ limit: 5 })).events).toHaveLength(2);
});

test('where there is nothing to read, the sentence says so and nothing is made', async () => {
  await expect(openStore({ home, readonly: true })).rejects.toMatchObject({ code: 'store.unavailable' });
  expect(existsSync(join(home, 'hive.db'))).toBe(false);
});

test('a file that is no database is not taken for one', async () => {
  writeFileSync(
    join(home, 'hive.db'),
    'this is not a database, but it is long enough to be looked at as one. '.repeat(20),
  );
  await expect(openStore({ home })).rejects.toMatchObject({ code: 'store.unavailable', remedy: 'fix_config' });
});

test('a folder where the file should be is told as one, also to those who only read', async () => {
  mkdirSync(join(home, 'hive.db'));
  for (const readonly of [false, true])
    await expect(openStore({ home, readonly })).rejects.toMatchObject({
      code: 'store.unavailable',
      remedy: 'fix_config',
      message: expect.stringMatching(/hive\.db is a folder/) as string,
    });
});

test('a folder without the right to write says store.readonly', async () => {
  if (process.getuid?.() === 0) {
    // Rights do not stop root, but a folder where a file stands does.
    writeFileSync(join(home, 'file'), '');
    await expect(openStore({ home: join(home, 'file') })).rejects.toMatchObject({ code: 'store.readonly' });
    return;
  }
  chmodSync(home, 0o500);
  await expect(openStore({ home })).rejects.toMatchObject({ code: 'store.readonly', remedy: 'fix_config' });
  chmodSync(home, 0o700);
});

test.each([
  ['SQLITE_READONLY_DBMOVED', 'store.readonly'],
  ['EACCES', 'store.readonly'],
  ['EROFS', 'store.readonly'],
  ['SQLITE_CANTOPEN', 'store.readonly'],
  ['SQLITE_FULL', 'infra.disk'],
  ['ENOSPC', 'infra.disk'],
  ['SQLITE_BUSY', 'store.unavailable'],
  ['SQLITE_NOTADB', 'store.unavailable'],
])('%s is told as %s', (code, expected) => {
  expect(sqliteError(Object.assign(new Error('x'), { code }), 'f')).toMatchObject({ code: expected });
});

test('the doorbell of a home with a long path is in a closed temporary folder', async () => {
  const short = doorbellPath(home);
  expect(short).toBe(join(home, 'run', 'doorbell.sock'));
  const long = doorbellPath(join(home, 'a'.repeat(120)));
  expect(Buffer.byteLength(long)).toBeLessThan(100);
  expect(statSync(join(long, '..')).mode & 0o777).toBe(0o700);
  expect(doorbellPath(join(home, 'a'.repeat(120)))).toBe(long);
  const other = doorbellPath(join(home, 'b'.repeat(120)));
  expect(other).not.toBe(long);
  for (const made of [long, other]) await rm(dirname(made), { recursive: true });
});
