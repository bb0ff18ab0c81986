import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect, type Connection } from './connection.ts';
import { createWriter } from './writer.ts';

let folder: string;
let file: string;
let connection: Connection;
const insert = (text: string) => ({ sql: 'insert into t (a) values (?)', values: [text] });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hive-writer-'));
  file = join(folder, 'x.db');
  connection = connect(file, { readonly: false });
  connection.exec('create table t (a text unique) strict');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const rows = () => Number(connection.run({ sql: 'select count(*) as many from t', values: [] })[0]?.['many']);

test('the settings that the promises rest on are in force', () => {
  const value = (on: Connection, name: string) =>
    Object.values(on.run({ sql: `pragma ${name}`, values: [] })[0] ?? {})[0];
  const names = ['journal_mode', 'synchronous', 'fullfsync', 'checkpoint_fullfsync', 'foreign_keys', 'busy_timeout'];
  expect(names.map((name) => value(connection, name))).toEqual(['wal', 2, 1, 1, 1, 0]);
  const normal = connect(file, { readonly: false, synchronous: 'normal' });
  expect(names.map((name) => value(normal, name))).toEqual(['wal', 1, 1, 1, 1, 0]);
  normal.close();
});

test('a job that throws or is not kept leaves its neighbours alone', async () => {
  const writer = createWriter(connection, file);
  const keep = (text: string) => writer.write({ act: (on) => on.change(insert(text)) });
  const results = await Promise.allSettled([
    keep('a'),
    writer.write({ act: (on) => on.change(insert('b')), keeps: () => false }),
    keep('a'),
    keep('c'),
  ]);
  expect(results.map((it) => it.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(rows()).toBe(2);
  await writer.close();
});

test('a full disk fails the writes of its moment, keeps what was there, and heals by itself', async () => {
  const writer = createWriter(connection, file);
  const put = (text: string) => writer.write({ act: (on) => on.change(insert(text)) });
  await put('small');
  const pages = Number(connection.run({ sql: 'pragma page_count', values: [] })[0]?.['page_count']);
  connection.exec(`pragma max_page_count = ${pages + 2}`);
  const results = await Promise.allSettled([put('other'), put('x'.repeat(1_000_000))]);
  for (const it of results)
    expect(it).toMatchObject({ status: 'rejected', reason: { code: 'infra.disk', remedy: 'retry' } });
  expect(rows()).toBe(1);
  connection.exec('pragma max_page_count = 1000000');
  await put('x'.repeat(1_000_000));
  expect(rows()).toBe(2);
  await writer.close();
});

test('a connection that fails altogether refuses each write, and ends nothing else', async () => {
  const writer = createWriter(connection, file);
  connection.close();
  const put = (text: string) => writer.write({ act: (on) => on.change(insert(text)) });
  await expect(put('a')).rejects.toThrow(/not open/);
  await expect(put('b')).rejects.toThrow(/not open/);
});

test('while another process holds the lock, the event loop goes on and the write follows', async () => {
  const writer = createWriter(connection, file);
  const other = connect(file, { readonly: false });
  other.exec('begin immediate');
  let turns = 0;
  const beat = setInterval(() => turns++, 1);
  const written = writer.write({ act: (on) => on.change(insert('late')) });
  await new Promise((later) => setTimeout(later, 100));
  expect(turns).toBeGreaterThan(20);
  expect(rows()).toBe(0);
  other.exec('commit');
  await written;
  clearInterval(beat);
  expect(rows()).toBe(1);
  other.close();
  await writer.close();
});
