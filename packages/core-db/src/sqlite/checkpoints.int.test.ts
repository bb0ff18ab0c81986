import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCheckpoints, walBytes } from './checkpoints.ts';
import { connect, type Connection } from './connection.ts';

let folder: string;
let file: string;
let writing: Connection;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  folder = await mkdtemp(join(tmpdir(), 'hive-checkpoints-'));
  file = join(folder, 'x.db');
  writing = connect(file, { readonly: false });
  writing.exec('create table t (a text) strict');
});
afterEach(async () => {
  vi.useRealTimers();
  writing.close();
  await rm(folder, { recursive: true, force: true });
});

const fill = (megabytes: number) =>
  writing.change({ sql: 'insert into t (a) values (?)', values: ['x'.repeat(megabytes * 1_000_000)] });

test('a second after the last commit the log is copied into the file, and begins anew', () => {
  const checkpoints = createCheckpoints(writing, file);
  fill(2);
  checkpoints.committed();
  vi.advanceTimersByTime(900);
  checkpoints.committed();
  vi.advanceTimersByTime(900);
  fill(1);
  expect(walBytes(file)).toBeGreaterThan(3_000_000);
  checkpoints.committed();
  vi.advanceTimersByTime(1_000);
  const before = walBytes(file);
  fill(2);
  expect(walBytes(file)).toBe(before);
  checkpoints.stop();
});

test('a reader that stays keeps the log as it is, and when it has left the log is cut', () => {
  const checkpoints = createCheckpoints(writing, file);
  const reader = connect(file, { readonly: true });
  reader.exec('begin');
  expect(reader.run({ sql: 'select count(*) as many from t', values: [] })).toEqual([{ many: 0 }]);
  for (let i = 0; i < 5; i++) fill(5);
  checkpoints.committed();
  vi.advanceTimersByTime(1_000);
  expect(walBytes(file)).toBeGreaterThan(25_000_000);
  expect(reader.run({ sql: 'select count(*) as many from t', values: [] })).toEqual([{ many: 0 }]);
  reader.exec('commit');
  checkpoints.committed();
  vi.advanceTimersByTime(1_000);
  expect(walBytes(file)).toBe(0);
  expect(reader.run({ sql: 'select count(*) as many from t', values: [] })).toEqual([{ many: 5 }]);
  reader.close();
});
