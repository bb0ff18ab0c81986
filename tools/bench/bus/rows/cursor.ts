import Database from 'better-sqlite3';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { clock } from '../clock.ts';
import type { Place } from '../contender.ts';
import { openPlace } from '../hive-log.ts';
import type { Page } from '../log-reader.ts';
import type { WriterWord } from '../log-writer.ts';
import { onPostgres } from '../postgres.ts';
import { startProgram, type Program } from '../processes.ts';
import type { Figures, Row, Scale } from '../row.ts';

const writers = 8;
const readers = 2;
const longest = 120;

/** Reads as everybody would who takes the sequence for the order: the control that has to lose events on PostgreSQL. */
const naiveReader = (url: string) => {
  const seen = new Set<number>();
  let over = false;
  const run = async (): Promise<number> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    for (let after = 0; ;) {
      const isLast = over;
      const { rows } = await client.query<{ position: string }>({
        name: 'naive',
        text: 'select position from event where position > $1 order by position limit 500',
        values: [after],
      });
      for (const { position } of rows) seen.add((after = Number(position)));
      if (rows.length === 0 && isLast) break;
    }
    await client.end();
    return seen.size;
  };
  const reading = run();
  return {
    end: () => {
      over = true;
      return reading;
    },
  };
};

/** Reads to the end, killed and started anew at random moments until then. */
const restartingReader = (place: Place, file: string) => {
  let over = false;
  let restarts = 0;
  let reader: Program = startProgram('log-reader.ts', { place, file });
  const killing = (async () => {
    while (!over) {
      await sleep(300 + Math.random() * 1_500);
      if (over) break;
      await reader.kill();
      restarts += 1;
      reader = startProgram('log-reader.ts', { place, file });
    }
  })();
  return {
    end: async (): Promise<number> => {
      over = true;
      await killing;
      reader.tell('last');
      await reader.ended;
      return restarts;
    },
  };
};

/** Every position in the order of the log, and how many versions do not follow the one before. */
const truthOf = async ({ url, home }: Place): Promise<{ readonly order: readonly number[]; readonly gaps: number }> => {
  const gaps = `select count(*) from (select version, lag(version, 1, 0) over (partition by stream order by xid, position) as before from event) s where version <> before + 1`;
  if (url !== undefined) {
    const rows = await onPostgres(url, 'select position from event order by event.xid, event.position');
    const [[broken] = []] = await onPostgres(url, gaps);
    return { order: rows.map(([position]) => Number(position)), gaps: Number(broken) };
  }
  const db = new Database(join(home, 'hive.db'), { readonly: true });
  const order = db.prepare('select position from event order by position').pluck().all() as number[];
  const broken = db.prepare(gaps.replace('xid, position', 'position')).pluck().get();
  db.close();
  return { order, gaps: Number(broken) };
};

/** What a reader's file says against the log. */
const judge = (file: string, order: readonly number[]) => {
  const pages = (existsSync(file) ? readFileSync(file, 'utf8') : '').trimEnd().split('\n');
  const read = pages.flatMap((page) => (page ? (JSON.parse(page) as Page).positions : []));
  const place = new Map(order.map((position, rank) => [position, rank]));
  const known = new Set(read);
  let disorder = 0;
  for (let i = 1; i < read.length; i++)
    if ((place.get(read[i] ?? -1) ?? -1) < (place.get(read[i - 1] ?? -1) ?? -1)) disorder += 1;
  return { lost: order.filter((position) => !known.has(position)).length, doubled: read.length - known.size, disorder };
};

/** Writes and reads so many events at a place, and says what the readers did not see, saw twice or saw in another order than the log's. */
export const measureCursors = async (place: Place, events: number): Promise<Figures> => {
  await (await openPlace(place)).close();
  const programs = Array.from({ length: writers }, (_, i) =>
    startProgram('log-writer.ts', {
      place,
      name: `writer-${i}`,
      events: Math.ceil(events / writers),
      shared: 5,
      longest,
    }),
  );
  const words = programs.map(
    (program) =>
      new Promise<WriterWord>((said) => program.hears((word) => word !== 'ready' && said(word as WriterWord))),
  );
  await Promise.all(programs.map((it) => new Promise((ready) => it.hears((word) => word === 'ready' && ready(null)))));
  const files = Array.from({ length: readers }, (_, i) => join(place.home, `reader-${i}`));
  const reading = files.map((file) => restartingReader(place, file));
  const naive = place.url === undefined ? null : naiveReader(place.url);
  const began = clock();
  for (const program of programs) program.tell('go');
  const ended = Promise.all(programs.map((it) => it.ended)).then(() =>
    Promise.reject(new Error('a writer ended silently')),
  );
  const said = await Promise.race([Promise.all(words), ended]);
  const seconds = (clock() - began) / 1000;
  const acknowledged = said.reduce((sum, word) => sum + (word === 'ready' ? 0 : word.written), 0);
  const restarts = (await Promise.all(reading.map((it) => it.end()))).reduce((sum, one) => sum + one, 0);
  const naiveSaw = await naive?.end();
  const { order, gaps } = await truthOf(place);
  const verdicts = files.map((file) => judge(file, order));
  const sum = (of: (verdict: ReturnType<typeof judge>) => number) => verdicts.reduce((total, it) => total + of(it), 0);
  return {
    events: order.length,
    lost: sum((it) => it.lost) + (acknowledged - order.length),
    disorder: sum((it) => it.disorder) + gaps,
    doubled: sum((it) => it.doubled),
    restarts,
    ...(naiveSaw !== undefined && { naive: order.length - naiveSaw }),
    rate: acknowledged / seconds,
  };
};

const rowOf = (database: Row['database']): Row => ({
  name: `cursor-${database}`,
  about: `1,000,000 events (--quick: 20,000) by ${writers} writing processes, read by ${readers} readers that are killed and started anew`,
  database,
  variants: ['hive'],
  units: {
    ...{ events: '', lost: '', disorder: 'out of order', doubled: 'read twice', restarts: 'kills of readers' },
    // One writer at a time makes the position of SQLite the order of commits: there the naive reader is right.
    ...(database === 'postgres' && { naive: 'lost by the naive control' }),
    rate: 'events/s',
  },
  rounds: 1,
  limitMs: 3_600_000,
  targets: [
    ...['lost', 'disorder', 'doubled'].map((figure) => ({ figure, of: 'hive', atMost: 0 })),
    ...(database === 'postgres' ? [{ figure: 'naive', of: 'hive', atLeast: 1 }] : []),
  ],
  measure: (_variant, place, { quick }: Scale) => measureCursors(place, quick ? 20_000 : 1_000_000),
});

export const cursorRows: readonly Row[] = [rowOf('postgres'), rowOf('sqlite')];
