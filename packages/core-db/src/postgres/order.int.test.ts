import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore, type Store } from '../index.ts';
import { onServer } from '../testing/postgres-databases.ts';
import { sampleStep, sampleWrite, startPostgresProxy, testPostgres, type TestPostgres } from '../testing/index.ts';

let place: TestPostgres;
let store: Store;
beforeAll(async () => {
  place = await testPostgres();
  store = await openStore({ url: place.url, home: '' });
});
afterAll(async () => {
  await store.close();
  await place.drop();
});

const session = async () => {
  const client = new pg.Client({ connectionString: place.url });
  await client.connect();
  return client;
};

const insert = (client: pg.Client, stream: string, version = 1) =>
  client.query(
    `insert into event (id, type, stream, version, correlation_id, actor, at, data)
      values ($1, 'box.online', $2, $3, $2, 'test', '2026-11-21T12:00:00.000Z', '{}') returning position`,
    [randomUUID(), stream, version],
  );

test('an event whose transaction ends late is not skipped, though a reader of positions would skip it', async () => {
  const from = await store.end();
  const [slow, fast] = [await session(), await session()];
  await slow.query('begin');
  await insert(slow, 'box/slow');
  await insert(fast, 'box/fast');

  // The control: it looks at positions alone and moves on past the one that is not there yet.
  const naive = async (after: number) =>
    (
      await fast.query<{ position: string; stream: string }>(
        'select position, stream from event where position > $1 order by position',
        [after],
      )
    ).rows;
  const naiveFirst = await naive(from.position);
  const first = await store.events({ after: from, limit: 10 });
  await slow.query('commit');
  const naiveSecond = await naive(Number(naiveFirst.at(-1)?.position));
  const second = await store.events({ after: first.looked, limit: 10 });

  expect([...naiveFirst, ...naiveSecond].map((it) => it.stream)).toEqual(['box/fast']);
  expect([...first.events, ...second.events].map((it) => it.stream)).toEqual(['box/slow', 'box/fast']);
  await Promise.all([slow.end(), fast.end()]);
});

test('positions that are out of order with their transactions are read in the order of the transactions', async () => {
  const from = await store.end();
  const [early, late] = [await session(), await session()];
  await early.query('begin');
  await early.query('select pg_current_xact_id()');
  await insert(late, 'box/late');
  await insert(early, 'box/early');
  await early.query('commit');
  const all: string[] = [];
  for (let after = from; ;) {
    const { events, looked } = await store.events({ after, limit: 1 });
    if (events.length === 0) break;
    all.push(...events.map((it) => it.stream));
    after = looked;
  }
  expect(all).toEqual(['box/early', 'box/late']);
  const positions = (await store.events({ after: from, limit: 10 })).events.map((it) => it.position);
  expect(positions).toEqual(positions.toSorted((a, b) => b - a));
  await Promise.all([early.end(), late.end()]);
});

test('a head that a later transaction wrote is not built on', async () => {
  const stream = `box/${randomUUID()}`;
  await store.write(sampleWrite(stream, 0));
  const other = await session();
  // As if a later transaction had written the row meanwhile, without a new version.
  await other.query(`update stream_head set xid = '999999999999' where stream = $1`, [stream]);
  expect(await store.write(sampleWrite(stream, 1))).toEqual({ status: 'version', which: stream });
  await other.query(`update stream_head set xid = '0' where stream = $1`, [stream]);
  expect((await store.write(sampleWrite(stream, 1))).status).toBe('written');
  await other.end();
});

test('a COMMIT whose answer was lost is recognised and not done twice', async () => {
  // The first try of each write is cut, the second one is not.
  const proxy = await startPostgresProxy(place.url, { onCommit: (n) => (n % 2 === 1 ? 'lose-reply' : null) });
  const far = await openStore({ url: proxy.url, home: '' });
  const stream = `box/${randomUUID()}`;
  for (let version = 0; version < 20; version++) {
    const result = await far.write(sampleWrite(stream, version));
    expect(result.status).toBe('written');
  }
  expect(proxy.counts().faults).toBe(20);
  const versions = (await store.events({ stream, limit: 100 })).events.map((it) => it.version);
  expect(versions).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  await far.close();
  await proxy.close();
});

const ask = (on: Store, agent: string) =>
  on.claim({
    kinds: ['work'],
    agent,
    incarnation: agent,
    capabilities: [],
    limit: 1,
    leaseMs: 15_000,
    actor: 'worker/one',
    newId: randomUUID,
  });
/** A step for one agent alone. */
const putFor = async (onlyAgent: string) => {
  const stream = `box/${randomUUID()}`;
  await store.write(sampleWrite(stream, 0, { insertSteps: [sampleStep({ stream, onlyAgent })] }));
  return stream;
};

test('a claim whose answer was lost is won all the same, and told once', async () => {
  const agent = randomUUID();
  const stream = await putFor(agent);
  const proxy = await startPostgresProxy(place.url, { onCommit: (n) => (n === 1 ? 'lose-reply' : null) });
  const far = await openStore({ url: proxy.url, home: '' });
  const won = await ask(far, agent);
  expect(proxy.counts().faults).toBe(1);
  expect(won).toMatchObject([{ step: { stream, token: 1, attempt: 1 }, head: { version: 2 } }]);
  const told = (await store.events({ stream, limit: 10 })).events.map((it) => [it.type, it.id]);
  expect(told.slice(1)).toEqual([['task.claimed', won[0]?.step.lastEventId]]);
  await far.close();
  await proxy.close();
});

test('a lease is counted from the claim, not from the beginning of the transaction that brings it', async () => {
  const agent = randomUUID();
  await putFor(agent);
  const stream = `box/${randomUUID()}`;
  await store.write(sampleWrite(stream, 0));
  const other = await session();
  await other.query('begin');
  await other.query('select 1 from stream_head where stream = $1 for update', [stream]);
  // The claim goes along with a write that has to wait.
  const [, claimed] = [store.write(sampleWrite(stream, 1)), ask(store, agent)];
  await new Promise((after) => setTimeout(after, 2_500));
  await other.query('commit');
  const [won] = await claimed;
  expect(Date.parse(won?.step.leaseUntil ?? '') - Date.parse(await store.now())).toBeGreaterThan(15_000 - 2_000);
  await other.end();
});

test('when the server ends the session of a process, its lock moves to a new one and it still hears', async () => {
  const other = await openStore({ url: place.url, home: '' });
  const incarnation = randomUUID();
  await other.hold(incarnation);
  await other.beat({
    incarnation,
    agent: 'a',
    role: 'r',
    host: 'h',
    pid: 1,
    capabilities: [],
    status: 'idle',
    load: 0,
    startedAt: 'x',
    version: '1',
  });
  let heard = 0;
  other.listen(() => heard++);
  const mark = () => onServer(place.url, `select mark from agent where incarnation = '${incarnation}'`);
  const before = await mark();
  await onServer(
    place.url,
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = ${before}`,
  );
  await expect.poll(mark, { timeout: 60_000, interval: 20 }).not.toBe(before);
  expect(await store.gone([incarnation])).toEqual([]);
  const start = heard;
  store.ring();
  await expect.poll(() => heard, { interval: 5 }).toBeGreaterThan(start);
  await other.close();
  expect(await store.gone([incarnation])).toEqual([incarnation]);
});

test('what the store leaves in no session holds back the readers', async () => {
  await expect
    .poll(() =>
      onServer(
        place.url,
        `select count(*) from pg_stat_activity where application_name = 'hive' and backend_xid is not null`,
      ),
    )
    .toBe('0');
  expect(
    await onServer(
      place.url,
      `select count(*) from pg_stat_activity where application_name = 'hive' and state like 'idle in%'`,
    ),
  ).toBe('0');
});
