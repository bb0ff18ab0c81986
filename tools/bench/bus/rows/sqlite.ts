import { setTimeout as sleep } from 'node:timers/promises';
import { clock } from '../clock.ts';
import type { Place } from '../contender.ts';
import { openPlace } from '../hive-log.ts';
import type { ListenerWord } from '../listener.ts';
import type { WriterWord } from '../log-writer.ts';
import { appendTo } from '../log-writes.ts';
import { startProgram } from '../processes.ts';
import type { Figures, Row, Scale } from '../row.ts';
import { percentile } from '../statistics.ts';
import { drain } from './drain.ts';
import { enqueueRate } from './enqueue.ts';

const settings = { NORMAL: 'hive, NORMAL', FULL: 'hive, FULL' } as const;

const withSetting = (variant: string, place: Place): Place => ({
  ...place,
  ...(variant === settings.NORMAL && { synchronous: 'NORMAL' as const }),
});

/** Two processes that append single events as fast as they can. */
const twoWriters = async (place: Place, ms: number): Promise<Figures> => {
  await (await openPlace(place)).close();
  const programs = ['one', 'two'].map((name) => startProgram('log-writer.ts', { place, name, ms }));
  const words = programs.map(
    (it) => new Promise<WriterWord>((said) => it.hears((word) => word !== 'ready' && said(word as WriterWord))),
  );
  await Promise.all(programs.map((it) => new Promise((ready) => it.hears((word) => word === 'ready' && ready(null)))));
  for (const program of programs) program.tell('go');
  const both = (await Promise.all(words)).map((word) => (word === 'ready' ? [] : word.waits));
  const [fewer = 0, more = 0] = both.map((waits) => waits.length).toSorted((a, b) => a - b);
  const all = both.flat();
  return {
    worst: all.reduce((most, wait) => Math.max(most, wait), 0),
    p99: percentile(all, 0.99),
    rate: all.length / (ms / 1000),
    share: fewer / more,
  };
};

/** From the ring after a commit to the other process that hears it. */
const wakeUp = async (place: Place, samples: number): Promise<Figures> => {
  const store = await openPlace(place);
  const listener = startProgram('listener.ts', { place });
  let heard: (word: ListenerWord) => void = () => {};
  listener.hears((word) => heard(word as ListenerWord));
  await new Promise((ready) => (heard = (word) => word === 'ready' && ready(null)));
  const times: number[] = [];
  for (let i = 0; i < samples; i++) {
    await sleep(20 + Math.random() * 40);
    const next = new Promise<number>((found) => (heard = (word) => word !== 'ready' && found(word.heardAt)));
    await appendTo(store, `wake-${i}`, 1);
    const rangAt = clock();
    store.ring();
    times.push(Math.max(0, (await next) - rangAt));
  }
  await listener.kill();
  await store.close();
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), max: Math.max(...times) };
};

export const sqliteRows: readonly Row[] = [
  {
    name: 'sqlite-enqueue',
    about: 'enqueue of single tasks by one caller on SQLite',
    database: 'sqlite',
    variants: [settings.NORMAL, settings.FULL],
    units: { rate: 'tasks/s' },
    limitMs: 900_000,
    targets: [
      { figure: 'rate', of: settings.NORMAL, atLeast: 15_000 },
      { figure: 'rate', of: settings.FULL, atLeast: 4_000 },
    ],
    measure: async (variant, place, { quick }: Scale) => {
      const load = { callers: 1, batch: 1, atMost: quick ? 10_000 : 100_000 };
      return { rate: await enqueueRate('hive', withSetting(variant, place), load, quick ? 500 : 3_000) };
    },
  },
  {
    name: 'sqlite-drain',
    about: 'no-op tasks worked off by one worker process on SQLite, with all durable events',
    database: 'sqlite',
    variants: ['hive'],
    units: { rate: 'tasks/s', startup: 'ms', repeats: 'tasks' },
    limitMs: 900_000,
    targets: [{ figure: 'rate', of: 'hive', atLeast: 20_000 }],
    measure: (variant, place, { quick }: Scale) => drain(variant, place, quick ? 2_000 : 30_000),
  },
  {
    name: 'sqlite-writers',
    about: 'two processes that append single events as fast as they can',
    database: 'sqlite',
    variants: ['hive'],
    units: { worst: 'ms waited at worst', p99: 'ms', rate: 'events/s', share: 'slower / faster process' },
    limitMs: 60_000,
    targets: [{ figure: 'worst', of: 'hive', atMost: 50 }],
    measure: (_variant, place, { quick }: Scale) => twoWriters(place, quick ? 1_000 : 3_000),
  },
  {
    name: 'sqlite-wake',
    about: 'wake-up of another process after a commit',
    database: 'sqlite',
    variants: ['hive'],
    units: { p50: 'ms', p99: 'ms', max: 'ms' },
    limitMs: 900_000,
    targets: [{ figure: 'p99', of: 'hive', atMost: 1 }],
    measure: (_variant, place, { quick }: Scale) => wakeUp(place, quick ? 50 : 400),
  },
];
