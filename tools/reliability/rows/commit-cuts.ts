import { openStore, type Store } from '@hive/core-db';
import { onServer, sampleWrite, startOwnPostgres, startPostgresProxy, type CommitFault } from '@hive/core-db/testing';
import pg from 'pg';
import { openHouse, type House } from '../postgres/house.ts';
import { codeOf, holdsWithin, seeded, type Outcome } from '../postgres/tries.ts';

export const id = 'R4';
export const title = 'the line cut around COMMIT';

const seed = 4;
const writers = 6;
const faults: readonly CommitFault[] = ['lose-reply', 'lose-commit', 'reset'];

/** Every second commit meets a fault; a silent line costs seconds, so those are few. */
const chooser = (cuts: number) => {
  const random = seeded(seed);
  let left = cuts;
  return (): CommitFault | null => {
    if (left === 0 || random() < 0.5) return null;
    left -= 1;
    if (random() < 0.03) return random() < 0.5 ? 'swallow-reply' : 'swallow-commit';
    return faults[Math.floor(random() * faults.length)] ?? null;
  };
};

/** Cuts commits of the store, of its callers' repetitions, and of whoever writes without ids, as the control. */
export const run = async (mode: 'quick' | 'full'): Promise<Outcome> => {
  const began = performance.now();
  const cuts = mode === 'quick' ? 50 : 1_000;
  const server = await startOwnPostgres({ durable: false });
  const house = await openHouse(server.url);
  try {
    const { acknowledged, repeated, met } = await appendUnderCuts(house.url, cuts);
    const [rows = '0', distinct = '0'] = (
      await onServer(
        house.url,
        `select count(*) || ' ' || count(distinct data ->> 'alert') from event where type = 'system.alert_resolved'`,
      )
    ).split(' ');
    const doubled = Number(rows) - Number(distinct);
    const lost = acknowledged - Number(distinct);
    const steps = mode === 'quick' ? 20 : 200;
    const stuck = await drainUnderCuts(house, steps);
    const broken = await house.broken();
    const control = await plainRetryUnderCuts(house.url, mode === 'quick' ? 20 : 50);
    const biteless = control === 0 ? 1 : 0;
    return {
      runs: met,
      interrupted: met,
      violations: doubled + Math.max(0, lost) + stuck + broken.length + biteless,
      seeds: String(seed),
      ms: Math.round(performance.now() - began),
      store: 'postgres',
      notes: `${acknowledged} acknowledged (${repeated} after the caller asked again), ${lost} lost, ${doubled} doubled; of ${steps} steps ${stuck} not ended exactly once; a plain retry without ids doubled ${control}${broken.length > 0 ? `; broken: ${broken.join(', ')}` : ''}`,
    };
  } finally {
    await house.close();
    await server.stop();
  }
};

const appendUnderCuts = async (url: string, cuts: number) => {
  const proxy = await startPostgresProxy(url, { onCommit: chooser(cuts) });
  const store = await openStore({ url: proxy.url, home: '' });
  let acknowledged = 0;
  let repeated = 0;
  const write = async (stream: string, version: number): Promise<void> => {
    const one = sampleWrite(stream, version, { events: [{ data: { alert: `${stream} ${version}` } }] });
    for (;;) {
      const status = await statusOf(store, one);
      if (status === 'away') {
        repeated += 1;
        continue;
      }
      if (status !== 'written' && status !== 'repeated')
        throw new Error(`${stream} ${version} was answered with ${status}`);
      acknowledged += 1;
      return;
    }
  };
  try {
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        for (let version = 0; proxy.counts().faults < cuts; version++) await write(`agent/${writer}`, version);
      }),
    );
    return { acknowledged, repeated, met: proxy.counts().faults };
  } finally {
    await store.close();
    await proxy.close();
  }
};

/** Agents of the kit whose every second commit is cut. Answers how many steps did not end exactly once. */
const drainUnderCuts = async (house: House, steps: number): Promise<number> => {
  let met = 0;
  let isArmed = false;
  const random = seeded(seed);
  const proxy = await startPostgresProxy(house.url, {
    onCommit: () => (isArmed && met++ % 2 === 0 ? (faults[Math.floor(random() * faults.length)] ?? null) : null),
  });
  try {
    await house.start('cut-off', proxy.url);
    isArmed = true;
    for (let n = 0; n < steps; n++) await house.enqueue();
    const ended = async () =>
      Number(await onServer(house.url, `select count(*) from event where type = 'workflow.plan_failed'`));
    await holdsWithin(30_000 + steps * 100, async () => (await ended()) >= steps);
    return Math.abs(steps - (await ended()));
  } finally {
    isArmed = false;
    await house.drain();
    await proxy.close();
  }
};

const statusOf = async (store: Store, write: ReturnType<typeof sampleWrite>): Promise<string> => {
  try {
    return (await store.write(write)).status;
  } catch (error) {
    if (codeOf(error) === 'store.unavailable') return 'away';
    throw error;
  }
};

/** What a program does that knows no better: try again until it is acknowledged. Answers how many rows are there too often. */
const plainRetryUnderCuts = async (url: string, writes: number): Promise<number> => {
  await onServer(url, 'create table plain (n int)');
  let met = 0;
  const proxy = await startPostgresProxy(url, { onCommit: () => (met++ % 2 === 0 ? 'lose-reply' : null) });
  try {
    for (let n = 0; n < writes; n++)
      for (let isDone = false; !isDone;) {
        const client = new pg.Client({ connectionString: proxy.url });
        client.on('error', () => undefined);
        await client.connect();
        isDone = await client.query('insert into plain values ($1)', [n]).then(
          () => true,
          () => false,
        );
        await client.end().catch(() => undefined);
      }
    return Number(await onServer(url, 'select count(*) - count(distinct n) from plain'));
  } finally {
    await proxy.close();
  }
};
