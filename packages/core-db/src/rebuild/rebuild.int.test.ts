import Database from 'better-sqlite3';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, rebuildProjections, type OpenOptions, type Store } from '../index.ts';
import { sampleStep, sampleWrite, testPostgres } from '../testing/index.ts';
import { onServer } from '../testing/postgres-databases.ts';
import { writeSampleTraces } from '../testing/sample-traces.ts';

type Place = {
  readonly options: OpenOptions;
  readonly raw: (sql: string) => Promise<unknown>;
  readonly remove: () => Promise<void>;
};
const places: Record<string, () => Promise<Place>> = {
  SQLite: async () => {
    const home = await mkdtemp(join(tmpdir(), 'hive-rebuild-'));
    const raw = async (sql: string) => {
      const db = new Database(join(home, 'hive.db'));
      db.exec(sql);
      db.close();
    };
    return { options: { home }, raw, remove: () => rm(home, { recursive: true, force: true }) };
  },
  PostgreSQL: async () => {
    const { url, drop } = await testPostgres();
    return { options: { url, home: '' }, raw: (sql) => onServer(url, sql), remove: drop };
  },
};

describe.each(Object.entries(places))('a rebuild on %s', (_name, make) => {
  let place: Place;
  let store: Store;
  beforeEach(async () => {
    place = await make();
    store = await openStore(place.options);
    await writeSampleTraces(store, 200);
  });
  afterEach(async () => {
    await store.close();
    await place.remove();
  });
  const rebuild = (write = false) => rebuildProjections(place.options, { write });
  const brokenInvariants = async () =>
    (await store.verify()).flatMap((it) => (it.status === 'broken' ? [it.number] : []));

  test('makes the rows that are there', async () => {
    expect(await rebuild()).toEqual({
      events: 1400,
      heads: 400,
      traces: 200,
      steps: 200,
      differing: 0,
      differences: [],
      written: false,
    });
  });

  test('finds every row that is not the fold of its events, changes nothing, and with write makes them equal', async () => {
    const { events } = await store.events({ limit: 100 });
    const stream = (n: number) => events.filter((it) => it.type === 'task.created')[n]?.stream ?? '';
    const trace = (n: number) => events.filter((it) => it.type === 'workflow.submitted')[n]?.correlationId ?? '';
    await place.raw(
      `update stream_head set view = '{"state":"merged"}', state = 'merged' where stream = '${stream(0)}'`,
    );
    await place.raw(`update stream_head set version = 9 where stream = '${stream(1)}'`);
    await place.raw(`delete from stream_head where stream = '${stream(2)}'`);
    await place.raw(`update trace set errors = 7 where correlation_id = '${trace(0)}'`);
    await place.raw(`delete from trace where correlation_id = '${trace(1)}'`);
    await place.raw(
      `insert into trace (correlation_id, first_at, last_at, events, errors) values ('zz', '', '', 1, 0)`,
    );
    await place.raw(
      `insert into stream_head (stream, kind, id, correlation_id, version, state, last_event_id, view) values ('box/none', 'box', 'none', 'c', 1, '', 'e', '{}')`,
    );
    const wanted = [
      { table: 'stream_head', key: stream(0), says: 'differs in state, view' },
      { table: 'stream_head', key: stream(1), says: 'differs in version' },
      { table: 'stream_head', key: stream(2), says: 'has events and no row' },
      { table: 'stream_head', key: 'box/none', says: 'has a row and no events' },
      { table: 'trace', key: trace(0), says: 'differs in errors' },
      { table: 'trace', key: trace(1), says: 'has events and no row' },
      { table: 'trace', key: 'zz', says: 'has a row and no events' },
    ];
    for (const write of [false, true]) {
      const report = await rebuild(write);
      expect(report).toMatchObject({ differing: 7, written: write });
      expect(report.differences).toEqual(expect.arrayContaining(wanted));
    }
    expect(await rebuild()).toMatchObject({ differing: 0 });
    expect(await brokenInvariants()).toEqual([]);
    // A replaced head lets the next write in.
    const { heads } = await store.heads([stream(0)]);
    const head = heads.get(stream(0));
    if (!head) throw new Error('the head was made again');
    const next = sampleWrite(head.stream, head.version, { head: { ...head, version: head.version + 1 } });
    expect(await store.write(next)).toMatchObject({ status: 'written' });
  });

  test('compares steps where the log speaks of them, and leaves them as they are', async () => {
    const [first, second] = await store.steps({ limit: 2 });
    await store.write({ events: [], heads: [], insertSteps: [sampleStep({ id: 'unheard' })] });
    await place.raw(`update step set failures = 2 where id = '${first?.id ?? ''}'`);
    await place.raw(`delete from step where id = '${second?.id ?? ''}'`);
    for (const write of [true, false])
      expect((await rebuild(write)).differences).toEqual(
        expect.arrayContaining([
          { table: 'step', key: first?.id, says: 'differs in failures' },
          { table: 'step', key: second?.id, says: 'was announced and has no row' },
          { table: 'step', key: 'unheard', says: 'has a row and no events' },
        ]),
      );
  });

  test('a log that cannot be folded is told, and nothing is written', async () => {
    const { events } = await store.events({ limit: 10 });
    const task = events.find((it) => it.type === 'task.created')?.stream ?? '';
    const { heads } = await store.heads([task]);
    const head = heads.get(task);
    if (!head) throw new Error('the task has a head');
    await place.raw('delete from trace');
    await store.write(
      sampleWrite(task, head.version, {
        events: [{ type: 'task.merged', data: {} }],
        head: { ...head, version: head.version + 1 },
      }),
    );
    await expect(rebuild(true)).rejects.toMatchObject({ code: 'transition.refused' });
    expect(await brokenInvariants()).toContain(10);
  });
});
