import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { clock } from '../clock.ts';
import { urlOf, type Place } from '../contender.ts';
import { appender, openPlace } from '../hive-log.ts';
import { bareInsert } from '../log-fill.ts';
import { startWorker } from '../processes.ts';
import type { Row, Scale } from '../row.ts';

const callers = 40;
const followers = 2;

type Way = { readonly append: () => Promise<unknown>; readonly close: () => Promise<unknown> };

/** How one of the forty callers appends. */
const ways: Readonly<Record<string, (place: Place) => Promise<readonly Way[]>>> = {
  hive: async (place) => {
    const one = appender(await openPlace(place));
    return Array.from({ length: callers }, () => one);
  },
  'hive, 40 stores': (place) =>
    Promise.all(Array.from({ length: callers }, async () => appender(await openPlace(place)))),
  'bare inserts': (place) =>
    Promise.all(Array.from({ length: callers }, () => bare(urlOf(place), 'bare', bareInsert.text))),
  'inserts that notify': (place) => {
    const text = `with made as (${bareInsert.text} returning 1) select pg_notify('bench', '') from made`;
    return Promise.all(Array.from({ length: callers }, () => bare(urlOf(place), 'notifying', text)));
  },
};

const bare = async (url: string, name: string, text: string): Promise<Way> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    append: () => client.query({ name, text, values: [...bareInsert.values(randomUUID())] }),
    close: () => client.end(),
  };
};

/** Whoever is told about what is appended: followers of the log for Hive, a listening session for those that notify. */
const readersOf = async (variant: string, place: Place): Promise<() => Promise<unknown>> => {
  if (variant.startsWith('hive')) {
    const order = { role: 'follow', contender: 'hive', place, mode: 'drain' } as const;
    const all = await Promise.all(Array.from({ length: followers }, () => startWorker(order)));
    return () => Promise.all(all.map((it) => it.stop()));
  }
  if (variant === 'bare inserts') return async () => {};
  const client = new pg.Client({ connectionString: urlOf(place) });
  await client.connect();
  await client.query('listen bench');
  return () => client.end();
};

export const appendsRow: Row = {
  name: 'appends',
  about:
    'single events appended by 40 callers at once, with live followers of the log, beside inserts into the same table from 40 connections',
  database: 'postgres',
  variants: Object.keys(ways),
  units: { rate: 'events/s' },
  limitMs: 120_000,
  targets: ['hive', 'hive, 40 stores'].flatMap((of) => [
    { figure: 'rate', of, against: ['bare inserts'], atLeast: 0.9 },
    { figure: 'rate', of, against: ['inserts that notify'], atLeast: 3 },
  ]),
  measure: async (variant, place, { quick }: Scale) => {
    await (await openPlace(place)).close();
    const all = (await ways[variant]?.(place)) ?? [];
    const stopReaders = await readersOf(variant, place);
    let appended = 0;
    const loop = async (way: Way, endsAt: number) => {
      for (; clock() < endsAt; appended++) await way.append();
    };
    const run = (ms: number) => {
      const endsAt = clock() + ms;
      return Promise.all(all.map((way) => loop(way, endsAt)));
    };
    await run(quick ? 200 : 1_000);
    appended = 0;
    const began = clock();
    await run(quick ? 500 : 3_000);
    const rate = appended / ((clock() - began) / 1000);
    await Promise.all([...new Set(all)].map((way) => way.close()));
    await stopReaders();
    return { rate };
  },
};
