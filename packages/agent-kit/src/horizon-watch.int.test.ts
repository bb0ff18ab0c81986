import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBus, newId } from '@hive/bus';
import { openStore, type Store } from '@hive/core-db';
import { openWriter, testPostgres } from '@hive/core-db/testing';
import { streams } from '@hive/events';
import { expect, test } from 'vitest';
import type { Context } from './agent.ts';
import { createHorizonWatch, horizonText } from './horizon-watch.ts';

let store: Store;

/** A process with its registration, and its watch. */
const watching = async (horizon: Store['horizon'], about = store.about) => {
  const bus = createBus({ ...store, about, ...(horizon && { horizon }) }, 'orchestrator/test');
  const incarnation = newId();
  const data = { agent: 'q', role: 'orchestrator', incarnation, host: 'h', pid: 1, capabilities: [], version: '1' };
  const registered = { type: 'agent.registered', stream: streams.agent(incarnation), data } as const;
  await bus.command({ on: null, correlationId: incarnation, events: [registered] });
  // The watch asks for nothing else of a context.
  return { bus, look: () => createHorizonWatch({ bus, incarnation } as unknown as Context).look() };
};
const told = async () => {
  const { events } = await store.events({ stream: streams.system, limit: 10 });
  return events.map((event) => event.type);
};

test('readers that are held back raise one alert that names who holds them, and resolve it', async () => {
  const place = await testPostgres();
  store = await openStore({ url: place.url, home: '' });
  const other = await testPostgres({ empty: true });
  const foreign = await openWriter(other.url, 'nightly-report');
  try {
    // Two of the building see it at once; time is not waited for, the lag is only made longer.
    const slow = async () => ({ ...(await store.horizon!()), lagMs: 5_000 });
    const watches = [await watching(slow), await watching(slow)];
    await Promise.all(watches.map((watch) => watch.look()));
    await Promise.all(watches.map((watch) => watch.look()));
    const { heads } = await store.heads([streams.system]);
    const { alerts } = heads.get(streams.system)?.view as { alerts: Record<string, string> };
    expect(alerts['store.horizon']).toMatch(
      /held back for 5\.0 s .* by session \d+ of nightly-report in the database hive_test/,
    );
    await foreign.end();
    for (const watch of [await watching(undefined), await watching(undefined)]) await watch.look();
    expect(await told()).toEqual(['system.alert_raised', 'system.alert_resolved']);
    expect((await store.verify()).filter((report) => report.status === 'broken')).toEqual([]);
  } finally {
    await foreign.end();
    await store.close();
    await Promise.all([other.drop(), place.drop()]);
  }
});

test('a log of SQLite that a reader keeps from being emptied raises one alert, and resolves it', async () => {
  const home = await mkdtemp(join(tmpdir(), 'hive-watch-'));
  store = await openStore({ home });
  const about = await store.about();
  try {
    for (const walBytes of [300_000_000, 301_000_000, 100_000_000, 1_000_000]) {
      const watch = await watching(undefined, () => Promise.resolve({ ...about, walBytes }));
      await watch.look();
    }
    const { events } = await store.events({ stream: streams.system, limit: 10 });
    expect(events.map(({ type, data }) => [type, data])).toEqual([
      ['system.alert_raised', { alert: 'store.wal', message: expect.stringContaining('300 MB') as string }],
      ['system.alert_resolved', { alert: 'store.wal' }],
    ]);
  } finally {
    await store.close();
    await rm(home, { recursive: true, force: true });
  }
});

test('a blocker that may not be seen is not made up', () => {
  expect(horizonText({ hidden: 3, lagMs: 2_500, blocker: null })).toContain('a transaction that has just ended');
});
