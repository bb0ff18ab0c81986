import Database from 'better-sqlite3';
import { join } from 'node:path';
import pg from 'pg';
import {
  eventColumns,
  eventValues,
  headColumns,
  headValues,
  laneOf,
  stepColumn,
  stepFields,
  stepValue,
} from '../../rows.ts';
import type { Value } from '../../dialect.ts';
import type { StepRow } from '../../port.ts';
import type { Grown } from './grow-log.ts';

/** Puts made-up rows into a store that exists, past its rules and much faster than they would allow. */
export type Filler = { readonly add: (grown: Grown) => Promise<void>; readonly close: () => Promise<void> };

type Table = {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
};

const tablesOf = ({ events, heads, steps, traces }: Grown): readonly Table[] => [
  { name: 'stream_head', columns: headColumns, rows: heads.map((head) => headValues({ head, expectedVersion: 0 })) },
  {
    name: 'step',
    columns: [...stepFields.map((it) => stepColumn[it]), 'lane'],
    rows: steps.map((step: StepRow) => [...stepFields.map((field) => stepValue(field, step[field])), laneOf(step)]),
  },
  { name: 'event', columns: eventColumns, rows: events.map(eventValues) },
  {
    name: 'trace',
    columns: ['correlation_id', 'first_at', 'last_at', 'events', 'errors'],
    rows: traces.map((it) => [it.correlationId, it.firstAt, it.lastAt, it.events, it.errors]),
  },
];

/** Fills the file of a home. */
export const fillSqlite = (home: string): Filler => {
  const db = new Database(join(home, 'hive.db'));
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -200000');
  return {
    add: async (grown) =>
      db.transaction(() => {
        for (const { name, columns, rows } of tablesOf(grown)) {
          const insert = db.prepare(
            `insert into ${name} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
          );
          for (const row of rows) insert.run(...row);
        }
      })(),
    close: async () => {
      db.pragma('wal_checkpoint(TRUNCATE)');
      db.close();
    },
  };
};

/** Fills a database on a server. */
export const fillPostgres = async (url: string): Promise<Filler> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const types = new Map<string, string>();
  const { rows: found } = await client.query<{ at: string; type: string }>(
    `select table_name || '.' || column_name as at, data_type as type from information_schema.columns where table_schema = 'public'`,
  );
  for (const { at, type } of found) types.set(at, type);
  return {
    add: async (grown) => {
      await client.query('begin; set local synchronous_commit = off');
      for (const { name, columns, rows } of tablesOf(grown)) {
        if (rows.length === 0) continue;
        const arrays = columns.map((column, i) => `$${i + 1}::${types.get(`${name}.${column}`) ?? 'text'}[]`);
        await client.query(
          `insert into ${name} (${columns.join(', ')}) select * from unnest(${arrays.join(', ')})`,
          columns.map((_, i) => rows.map((row) => row[i])),
        );
      }
      await client.query('commit');
    },
    close: async () => {
      await client.query('vacuum analyze');
      await client.end();
    },
  };
};
