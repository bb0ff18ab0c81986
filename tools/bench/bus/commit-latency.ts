import Database from 'better-sqlite3';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { clock } from './clock.ts';
import { median } from './statistics.ts';

const commits = 200;

/** Milliseconds of a commit of one small row right now: what every other time is to be read beside. */
export type CommitLatency = { readonly measure: () => Promise<number>; readonly close: () => Promise<void> };

export const onPostgresServer = async (url: string): Promise<CommitLatency> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('create table if not exists commit_latency (n bigint)');
  return {
    measure: async () => {
      const times: number[] = [];
      for (let n = 0; n < commits; n++) {
        const began = clock();
        await client.query({ name: 'commit', text: 'insert into commit_latency values ($1)', values: [n] });
        times.push(clock() - began);
      }
      return median(times);
    },
    close: () => client.end(),
  };
};

export const onSqliteFile = async (): Promise<CommitLatency> => {
  const folder = await mkdtemp(join(tmpdir(), 'hive-bench-'));
  const db = new Database(join(folder, 'commit.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('create table row (n integer) strict');
  const insert = db.prepare('insert into row values (?)');
  return {
    measure: async () => {
      const times: number[] = [];
      for (let n = 0; n < commits; n++) {
        const began = clock();
        insert.run(n);
        times.push(clock() - began);
      }
      return median(times);
    },
    close: async () => {
      db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
