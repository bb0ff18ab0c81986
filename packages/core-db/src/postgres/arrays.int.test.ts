import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { testPostgres } from '../testing/index.ts';
import { arrayOf, joined } from './arrays.ts';

const itself = <T>(it: T): T => it;

test('PostgreSQL reads an array as what it was made from', async () => {
  const { url, drop } = await testPostgres();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await drop();
  });
  const read = async (type: string, array: string) =>
    (await client.query<{ it: unknown }>(`select $1::${type}[] as it`, [array])).rows[0]?.it;
  const texts = ['task/1', 'NULL', 'null', '', ' ', 'a,b', '{}', '"', '\\', '\\"', "'", 'ä\n', 'a b', null];
  expect(await read('text', arrayOf(texts, itself))).toEqual(texts);
  expect(await read('text', arrayOf([], itself))).toEqual([]);
  expect(await read('int', arrayOf([1, -2, null], itself))).toEqual([1, -2, null]);
  const texted = [...texts.filter((it) => it !== null), { 'x\u0001': '\u0001' }].map((it) => JSON.stringify(it));
  const { rows } = await client.query<{ it: string[] }>(`select string_to_array($1, e'\\x01', '') as it`, [
    joined([...texted, null], itself),
  ]);
  expect(rows[0]?.it).toEqual([...texted, null]);
  expect(joined([null, null], itself)).toBeNull();
});
