import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { onServer } from '../postgres-databases.ts';
import { testPostgres, type TestPostgres } from '../test-postgres.ts';
import { startPostgresProxy, type CommitFault, type PostgresProxy, type ProxyOptions } from './postgres-proxy.ts';

let place: TestPostgres;
let proxy: PostgresProxy | undefined;
const clients: pg.Client[] = [];

beforeEach(async () => {
  place = await testPostgres();
  await onServer(place.url, 'create table kept (n int)');
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.end().catch(() => {})));
  await proxy?.close();
  await place.drop();
});

const through = async (options: ProxyOptions = {}): Promise<pg.Client> => {
  proxy ??= await startPostgresProxy(place.url, options);
  const client = new pg.Client({ connectionString: proxy.url, query_timeout: 300 });
  client.on('error', () => {});
  await client.connect();
  clients.push(client);
  return client;
};
afterEach(() => void (proxy = undefined));
const count = async () => Number(await onServer(place.url, 'select count(*) from kept'));

/** Writes one row with parameters, in a transaction or as a single statement. */
const write = async (client: pg.Client, how: 'transaction' | 'statement'): Promise<void> => {
  if (how === 'transaction') await client.query('begin');
  await client.query('insert into kept values ($1)', [1]);
  if (how === 'transaction') await client.query('commit');
};

const cases: readonly [CommitFault, number, RegExp][] = [
  ['lose-commit', 0, /Connection terminated|ECONNRESET/],
  ['lose-reply', 1, /Connection terminated|ECONNRESET/],
  ['reset', 1, /ECONNRESET/],
  ['swallow-reply', 1, /Query read timeout/],
  ['swallow-commit', 0, /Query read timeout/],
];
test.each(cases.flatMap((it) => (['transaction', 'statement'] as const).map((how) => [...it, how] as const)))(
  '%s leaves %i rows behind and is heard as %s, for a %s',
  async (fault, rows, error, how) => {
    const client = await through({ onCommit: () => fault });
    await expect(write(client, how)).rejects.toThrow(error);
    expect(proxy?.counts().faults).toBe(1);
    expect(await count()).toBe(rows);
  },
);

test('only the commit that was meant is lost: what was asked before it in one packet is answered', async () => {
  const client = await through({ onCommit: () => 'lose-reply', isCommit: ({ sql }) => /marked/.test(sql) });
  const first = client.query('select 1 as one');
  const second = client.query('insert into kept values (1) /* marked */').catch((lost: Error) => lost);
  expect((await first).rows).toEqual([{ one: 1 }]);
  expect(await second).toBeInstanceOf(Error);
  expect(await count()).toBe(1);
});

test('a server that is not heard, that does not hear, and a hole: old lines stay silent, new ones speak', async () => {
  for (const weather of ['mute', 'deaf', 'blackhole'] as const) {
    const client = await through();
    await proxy?.weather(weather);
    await expect(client.query('select 1')).rejects.toThrow('Query read timeout');
    await proxy?.weather('fair');
    await expect((await through()).query('select 1')).resolves.toMatchObject({ rowCount: 1 });
  }
});

test('a refused line is cut, and its address comes back', async () => {
  const client = await through();
  await proxy?.weather('refused');
  await expect(client.query('select 1')).rejects.toThrow();
  await expect(through()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await proxy?.weather('fair');
  await expect((await through()).query('select 1')).resolves.toMatchObject({ rowCount: 1 });
});

test('packets of one byte and slow ones change nothing but the time', async () => {
  const client = await through({ dribble: true, latencyMs: () => 5 });
  await write(client, 'transaction');
  const began = performance.now();
  expect((await client.query('select n from kept')).rows).toEqual([{ n: 1 }]);
  expect(performance.now() - began).toBeGreaterThan(9);
});
