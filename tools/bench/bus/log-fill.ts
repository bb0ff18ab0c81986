import Database from 'better-sqlite3';
import { join } from 'node:path';
import pg from 'pg';
import type { Place } from './contender.ts';

/** Events of a trace; a hundred traces grow at the same time, so that the events of one lie far apart, as they do in a busy building. */
export const perTrace = 50;
const together = 100;
const perStatement = 200_000;

/** The correlation id of the n-th trace: ordered like the uuids of version 7 that a clock makes. */
export const traceId = (n: number): string => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

const columns = 'id, type, stream, version, correlation_id, causation_id, command_id, actor, at, data';
const payload = JSON.stringify({ alert: 'bench', text: 'x'.repeat(200) });
const moment = '2026-01-01T00:00:00.000Z';

/**
 * The row of event number i, in the words that both databases share. `hex` writes a number as twelve hexadecimal digits.
 * Block of 5,000 events: event k of the block belongs to trace k mod 100 of the block and is its (k / 100 + 1)-th.
 */
const selectRows = (numbers: string, hex: (value: string) => string): string => {
  const trace = `((i / ${together * perTrace}) * ${together} + i % ${together})`;
  const version = `((i % ${together * perTrace}) / ${together} + 1)`;
  return `select '01900000-0000-7000-9000-' || ${hex('i')}, 'system.alert_resolved', 'call/' || ${hex(trace)}, ${version},
    '01900000-0000-7000-8000-' || ${hex(trace)}, null, null, 'bench/fill', '${moment}', '${payload}' from ${numbers}`;
};

const selectTraces = (numbers: string, hex: (value: string) => string): string =>
  `select '01900000-0000-7000-8000-' || ${hex('i')}, '${moment}', '${moment}', ${perTrace}, 0 from ${numbers}`;
const traceColumns = 'correlation_id, first_at, last_at, events, errors';

/** Fills an empty, migrated store with events and the summaries of their traces; answers how many traces there are. */
export const fillLog = async (place: Place, events: number): Promise<number> => {
  const traces = (events / (together * perTrace)) * together;
  if (place.url === undefined) fillSqlite(place.home, events, traces);
  else await fillPostgres(place.url, events, traces);
  return traces;
};

const fillPostgres = async (url: string, events: number, traces: number): Promise<void> => {
  const hex = (value: string) => `lpad(to_hex(${value}), 12, '0')`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (let first = 0; first < events; first += perStatement) {
    const last = Math.min(events, first + perStatement) - 1;
    const rows = selectRows(`generate_series(${first}::bigint, ${last}::bigint) i`, hex);
    // The casts: a literal of a select is text, and the column is JSON.
    await client.query(`insert into event (${columns}) ${rows.replace(`'${payload}'`, `'${payload}'::json`)}`);
  }
  await client.query(`insert into trace (${traceColumns}) ${selectTraces(`generate_series(0, ${traces - 1}) i`, hex)}`);
  await client.query('vacuum analyze');
  await client.end();
};

const fillSqlite = (home: string, events: number, traces: number): void => {
  const hex = (value: string) => `printf('%012x', ${value})`;
  const db = new Database(join(home, 'hive.db'));
  db.pragma('synchronous = OFF');
  const numbers = (first: number, last: number) =>
    `(with recursive n(i) as (select ${first} union all select i + 1 from n where i < ${last}) select i from n)`;
  for (let first = 0; first < events; first += perStatement)
    db.exec(
      `insert into event (${columns}) ${selectRows(numbers(first, Math.min(events, first + perStatement) - 1), hex)}`,
    );
  db.exec(`insert into trace (${traceColumns}) ${selectTraces(numbers(0, traces - 1), hex)}`);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
};

/** One event as it lies in the table, for bare inserts beside those of the store. */
export const bareInsert = {
  text: `insert into event (${columns}) values ($1, 'agent.registered', $2, 1, $3, null, null, 'bench/bare', $4, $5)`,
  values: (id: string): readonly string[] => [
    id,
    `agent/${id}`,
    id,
    new Date().toISOString(),
    JSON.stringify({ text: 'x'.repeat(330) }),
  ],
};
