import { randomUUID } from 'node:crypto';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../index.ts';
import * as tables from '../schema/postgres.ts';
import { inDatabase, onServer } from '../testing/postgres-databases.ts';
import { testPostgres, type TestPostgres } from '../testing/index.ts';
import { postgresError } from './errors.ts';

let place: TestPostgres;
beforeEach(async () => void (place = await testPostgres({ empty: true })));
afterEach(() => place.drop());
const open = (more: object = {}) => openStore({ url: place.url, home: '', ...more });
const ask = (sql: string) => onServer(place.url, sql);

test('many that open a new store at once make it together', async () => {
  const stores = await Promise.all(Array.from({ length: 6 }, () => open()));
  expect(await ask(`select value from meta where key = 'schema'`)).toBe('6');
  await Promise.all(stores.map((it) => it.close()));
});

test('the database has the tables of the schema, and texts sort by their bytes', async () => {
  await (await open()).close();
  for (const table of Object.values(tables) as unknown as PgTable[]) {
    const { name, columns } = getTableConfig(table);
    const found = await ask(
      `select string_agg(column_name || ':' || is_nullable, ',' order by column_name collate "C") from information_schema.columns where table_name = '${name}'`,
    );
    const wanted = columns.map((it) => `${it.name}:${it.notNull ? 'NO' : 'YES'}`).sort();
    expect(found).toBe(wanted.join(','));
  }
  const sorted = `select count(*) from information_schema.columns where table_schema = 'public' and data_type = 'text'`;
  expect(await ask(`${sorted} and collation_name is distinct from 'C'`)).toBe('0');
  expect(Number(await ask(sorted))).toBeGreaterThan(20);
});

test('a store of a newer Hive is refused with both versions', async () => {
  await (await open()).close();
  await ask(`update meta set value = '99' where key = 'schema'`);
  await expect(open()).rejects.toMatchObject({
    code: 'store.newer',
    message: expect.stringMatching(/schema 99, .* up to 6/) as string,
  });
});

test('an older store is refused by those who may not migrate it', async () => {
  await expect(open({ migrate: false })).rejects.toMatchObject({ code: 'store.unavailable', remedy: 'fix_config' });
  await expect(open({ readonly: true })).rejects.toMatchObject({ code: 'store.unavailable' });
});

test('a migration that fails half-way leaves the database as it was', async () => {
  await ask('create table trace (mine text)');
  await expect(open()).rejects.toMatchObject({
    code: 'store.unavailable',
    remedy: 'fix_config',
    message: expect.stringMatching(/has no schema mark, and its tables are in the way .*trace/) as string,
  });
  expect(await ask(`select string_agg(tablename, ',') from pg_tables where schemaname = 'public'`)).toBe('trace');
});

test.each(['abc', '', '-1', '1.5'])('a schema mark that is no number (%j) is refused', async (mark) => {
  await (await open()).close();
  await ask(`update meta set value = '${mark}' where key = 'schema'`);
  for (const more of [{}, { readonly: true }])
    await expect(open(more)).rejects.toMatchObject({
      code: 'store.unavailable',
      message: expect.stringMatching(/a schema mark that is no whole number.* Nothing was changed/) as string,
    });
  expect(await ask(`select value from meta where key = 'schema'`)).toBe(mark);
});

test.each(['drop table meta', 'delete from meta', 'drop table meta; create table meta (a int)'])(
  'a store without its schema mark is left alone (%s)',
  async (sql) => {
    await (await open()).close();
    await onServer(place.url, ...sql.split('; '));
    await expect(open()).rejects.toMatchObject({ code: 'store.unavailable', remedy: 'fix_config' });
  },
);

test('a database that cannot hold every character is refused before anything is made', async () => {
  const latin = `latin_${randomUUID().slice(0, 8)}`;
  await ask(`create database ${latin} encoding 'LATIN1' template template0 lc_collate 'C' lc_ctype 'C'`);
  const url = inDatabase(place.url, latin);
  await expect(openStore({ url, home: '' })).rejects.toMatchObject({
    code: 'config.invalid',
    remedy: 'fix_config',
    message: expect.stringMatching(/encoding is LATIN1; make it with UTF8/) as string,
  });
  expect(await onServer(url, `select count(*) from pg_tables where schemaname = 'public'`)).toBe('0');
  await ask(`drop database ${latin}`);
});

test('a server without SSL that is asked for it is told as wrong configuration', async () => {
  await expect(openStore({ url: `${place.url}?uselibpqcompat=true&sslmode=require`, home: '' })).rejects.toMatchObject({
    code: 'store.unavailable',
    remedy: 'fix_config',
    message: expect.stringMatching(/SSL.*check HIVE_DATABASE_URL/) as string,
  });
});

test('a store opened for reading refuses to write', async () => {
  await (await open()).close();
  const reader = await open({ readonly: true });
  expect((await reader.events({ limit: 1 })).events).toEqual([]);
  await expect(reader.forget('x')).rejects.toMatchObject({ code: 'store.readonly' });
  await reader.close();
});

test('a server that is not there and a database that is not there are told apart, without the password', async () => {
  const refused = await openStore({ url: 'postgres://hive:secret@127.0.0.1:1/hive', home: '' }).catch(
    (error: unknown) => error,
  );
  expect(refused).toMatchObject({ code: 'store.unavailable', remedy: 'retry' });
  expect(String(refused)).not.toContain('secret');
  await expect(openStore({ url: inDatabase(place.url, 'none'), home: '' })).rejects.toMatchObject({
    code: 'store.unavailable',
    remedy: 'fix_config',
  });
  await expect(openStore({ url: 'mysql://x', home: '' })).rejects.toMatchObject({
    code: 'config.invalid',
    remedy: 'fix_config',
  });
});

test.each([
  ['53100', 'infra.disk'],
  ['42501', 'store.readonly'],
  ['25006', 'store.readonly'],
  ['ECONNREFUSED', 'store.unavailable'],
  ['57P01', 'store.unavailable'],
  ['53300', 'store.unavailable'],
  ['57014', 'store.unavailable'],
])('%s is told as %s', (code, expected) => {
  expect(postgresError(Object.assign(new Error('x'), { code }), 'p')).toMatchObject({ code: expected });
});
