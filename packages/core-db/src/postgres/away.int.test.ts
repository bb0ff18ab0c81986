import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, type Store } from '../index.ts';
import {
  onServer,
  openWriter,
  sampleAgent,
  sampleWrite,
  startPoolerDouble,
  startPostgresProxy,
  testPostgres,
  type PostgresProxy,
  type TestPostgres,
} from '../testing/index.ts';

let place: TestPostgres;
const closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => void (place = await testPostgres()));
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await place.drop();
});

const open = async (url = place.url): Promise<Store> => {
  const store = await openStore({ url, home: '' });
  closing.push(() => store.close());
  return store;
};
const proxied = async (): Promise<{ proxy: PostgresProxy; store: Store }> => {
  const proxy = await startPostgresProxy(place.url);
  closing.push(() => proxy.close());
  return { proxy, store: await open(proxy.url) };
};
const markOf = (incarnation: string) =>
  onServer(place.url, `select mark from agent where incarnation = '${incarnation}'`);
const until = async (holds: () => Promise<boolean>, withinMs: number) => {
  for (const end = performance.now() + withinMs; performance.now() < end;) {
    if (await holds().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`did not come within ${withinMs} ms`);
};

test('whoever asks through a hole hears that the database is away before any system gives up, and all goes on when it is back', async () => {
  const { proxy, store } = await proxied();
  const agent = sampleAgent('worker-1');
  await store.hold(agent.incarnation);
  await store.beat(agent);
  const mark = await markOf(agent.incarnation);
  await proxy.weather('blackhole');
  const began = performance.now();
  const asked = await Promise.allSettled([
    store.now(),
    store.heads(['x']),
    openStore({ url: proxy.url, home: '' }),
    // More than there are connections: nobody waits in line for longer either.
    ...Array.from({ length: 20 }, () => store.events({ limit: 1 })),
  ]);
  expect(performance.now() - began).toBeLessThan(30_000);
  for (const answer of asked)
    expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'store.unavailable', remedy: 'retry' } });
  await proxy.weather('fair');
  await until(async () => (await store.now()) !== '', 60_000);
  await until(async () => ![mark, ''].includes(await markOf(agent.incarnation)), 60_000);
});

test('a process whose line was cut holds a new number, and nobody takes it for gone', async () => {
  const { proxy, store } = await proxied();
  const agent = sampleAgent('worker-1');
  await store.hold(agent.incarnation);
  await store.beat(agent);
  const before = Number(await markOf(agent.incarnation));
  proxy.cut('reset');
  await until(async () => Number(await markOf(agent.incarnation)) > before, 60_000);
  expect(await (await open()).gone([agent.incarnation])).toEqual([]);
  proxy.cut('reset');
  await proxy.weather('refused');
  await until(async () => (await (await open()).gone([agent.incarnation])).length === 1, 60_000);
});

test('sessions limit themselves, transactions too where the server knows how', async () => {
  const { store } = await proxied();
  await store.now();
  const settings = `string_agg(name || '=' || setting, ' ' order by name)`;
  const names = `'idle_in_transaction_session_timeout', 'lock_timeout', 'statement_timeout', 'tcp_keepalives_idle', 'transaction_timeout'`;
  const pool = new pg.Client({ connectionString: place.url });
  await pool.connect();
  closing.push(() => pool.end());
  // The settings of other sessions cannot be read; the store's own statement tells them by a view.
  await pool.query(`create view limits as select ${settings} as all from pg_settings where name in (${names})`);
  await pool.query(
    `alter table subscription rename to kept; create view subscription as select l.all as name, '0'::xid8 as xid, 0::bigint as position from limits l`,
  );
  const [seen] = await store.subscriptions();
  expect(seen?.name).toMatch(/idle_in_transaction_session_timeout=5000 lock_timeout=3000 statement_timeout=4000/);
  if ((await onServer(place.url, 'show server_version_num')) >= '170000')
    expect(seen?.name).toMatch(/transaction_timeout=15000/);
});

test('a writer in another database holds readers back: they are told for how long and by whom', async () => {
  const store = await open();
  expect(await store.horizon?.()).toEqual({ hidden: 0, lagMs: 0, blocker: null });
  const other = await testPostgres({ empty: true });
  closing.push(() => other.drop());
  const foreign = await openWriter(other.url, 'nightly-report');
  closing.push(() => foreign.end());
  await store.write(sampleWrite('box/a', 0));
  expect((await store.events({ limit: 10 })).events).toEqual([]);
  await until(async () => ((await store.horizon?.())?.lagMs ?? 0) >= 100, 60_000);
  expect(await store.horizon?.()).toMatchObject({
    hidden: 1,
    blocker: {
      who: `session ${foreign.pid} of nightly-report`,
      database: new URL(other.url).pathname.slice(1),
    },
  });
  await foreign.end();
  expect(await store.horizon?.()).toEqual({ hidden: 0, lagMs: 0, blocker: null });
  expect((await store.events({ limit: 10 })).events).toHaveLength(1);
});

test.each([{ lenient: false }, { lenient: true }])(
  'behind a pooler that lends sessions (lenient: $lenient) there are no locks: nobody is gone, all else works',
  async ({ lenient }) => {
    const pooler = await startPoolerDouble(place.url, { lenient });
    closing.push(() => pooler.close());
    const store = await open(pooler.url);
    expect(await store.about()).toMatchObject({ pooled: true });
    const agent = sampleAgent('worker-1');
    await store.hold(agent.incarnation);
    await store.beat(agent);
    expect(await markOf(agent.incarnation)).toBe('');
    expect(await (await open()).gone([agent.incarnation])).toEqual([]);
    expect(await store.write(sampleWrite('box/a', 0))).toMatchObject({ status: 'written' });
    expect((await store.events({ limit: 10 })).events).toHaveLength(1);
    expect(await onServer(place.url, `select count(*) from pg_locks where locktype = 'advisory'`)).toBe('0');
  },
);

test('a database that is reached directly is not taken for pooled', async () => {
  const store = await open();
  store.listen(() => {});
  expect(await store.about()).not.toHaveProperty('pooled');
});
