import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listBoxes, type Context } from '@hive/agent-kit';
import { openHouse, type House } from '@hive/agent-kit/testing';
import { createArtefacts, type LoggedEvent } from '@hive/core-db';
import { streams, type BoxView } from '@hive/events';
import { createDesk } from '@hive/front-desk';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import queen from '../agent.ts';
import { createParallelWatch } from './parallel-watch.ts';

let house: House | undefined;
afterEach(() => house?.close());

/** As much of Ollama as a probe asks for. */
const startBox = async () => {
  const answer = { version: '0.1.0', models: [{ name: 'coder:7b', digest: 'c', size: 5e9 }], capabilities: [] };
  const server = createServer((_, response) => response.end(JSON.stringify(answer))).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }; // of TCP
};

test('a box that comes and goes is told once, whoever watches', async () => {
  const { server, url } = await startBox();
  const yaml = `hive: { disk: { floorGb: 0 }, monitoring: { health_check_interval: 1 }, agents: { ash: { endpoint: "${url}" }, elm: { endpoint: "http://127.0.0.1:9" } } }`;
  house = await openHouse({ yaml });
  const { start, store, events } = house;
  for (const name of ['queen-1', 'queen-2']) await start(queen, name);
  const told = async (name: string) => (await events(streams.box(name))).map(({ type }) => type);
  const viewOf = async (name: string) =>
    (await store.heads([streams.box(name)])).heads.get(streams.box(name))?.view as BoxView;
  await expect.poll(() => told('ash')).toEqual(['box.online']);
  await expect.poll(() => told('elm')).toEqual(['box.offline']);
  expect(await viewOf('elm')).toMatchObject({ up: false, reason: 'No Ollama answers at 127.0.0.1:9' });

  server.closeAllConnections();
  server.close();
  await expect.poll(() => told('ash')).toEqual(['box.online', 'box.offline']);
  expect(await viewOf('ash')).toMatchObject({ up: false });
  expect(await house.broken()).toEqual([]);
});

test('an owner takes a box, and gives it back', async () => {
  const { url } = await startBox();
  house = await openHouse({ yaml: `hive: { disk: { floorGb: 0 }, agents: { ash: { endpoint: "${url}" } } }` });
  const { bus, config, store, pool } = house;
  const boxes = () => listBoxes(config, store, pool);
  const desk = createDesk({ bus, artefacts: createArtefacts(config.home), config, means: { boxes } });
  const status = async () => (await desk.boxes()).map((box) => box.status);
  expect(await status()).toEqual(['up']);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  expect(await desk.quietBox('ash', { until, by: 'ann' })).toMatchObject({ status: 'quiet', quietUntil: until });
  expect((await house.events(streams.box('ash'))).at(-1)).toMatchObject({ data: { name: 'ash', until, by: 'ann' } });
  expect(await desk.quietBox('ash')).toMatchObject({ status: 'up', quietUntil: null });
  await expect(desk.quietBox('oak')).rejects.toMatchObject({ code: 'input.unknown_id' });
  await expect(desk.quietBox('ash', { until: '2020-01-01T00:00:00.000Z' })).rejects.toMatchObject({
    code: 'input.invalid',
  });
  expect(await status()).toEqual(['up']);
  expect(await house.broken()).toEqual([]);
});

test('how a model did with tools when it was tried is told once, of a box of the pool, and shown with it', async () => {
  const { url } = await startBox();
  house = await openHouse({ yaml: `hive: { disk: { floorGb: 0 }, agents: { ash: { endpoint: "${url}" } } }` });
  const { bus, config, store, pool } = house;
  const boxes = () => listBoxes(config, store, pool);
  const desk = createDesk({ bus, artefacts: createArtefacts(config.home), config, means: { boxes } });
  const tried = { model: 'coder:7b', digest: 'c', calls: false, by: 'ann' };
  const told = { toolsLearnt: { calls: false, because: 'it called none when it was tried' } };
  for (let times = 0; times < 2; times += 1) expect((await desk.tellTools('ash', tried)).models).toMatchObject([told]);
  expect((await house.events(streams.box('ash'))).map(({ data }) => data)).toMatchObject([{ ...tried, name: 'ash' }]);
  expect((await desk.tellTools('ash', { ...tried, calls: true })).models).toMatchObject([
    { toolsLearnt: { calls: true } },
  ]);
  await expect(desk.tellTools('oak', tried)).rejects.toMatchObject({ code: 'input.unknown_id' });
  await expect(desk.tellTools('ash', { ...tried, digest: '' })).rejects.toMatchObject({ code: 'input.invalid' });
  expect(await house.broken()).toEqual([]);
});

test('how many calls at once a box is sent is learnt where hive.yaml says nothing, and told', async () => {
  const { url } = await startBox();
  const yaml = `hive: { disk: { floorGb: 0 }, agents: { ash: { endpoint: "${url}" }, elm: { endpoint: "${url}", parallel: 1 } } }`;
  house = await openHouse({ yaml });
  const { bus, config, store, pool } = house;
  let calls: object[] = [];
  const recorded: Pick<typeof store, 'events'> = {
    events: async (query) =>
      query.types?.includes('model.called')
        ? { ...(await store.events(query)), events: calls as LoggedEvent[] }
        : store.events(query),
  };
  const around = { ...bus.around, elapsed: () => calls.length * 60_000 };
  const ctx = { config, incarnation: bus.around.newId(), bus: { ...bus, around, store: { ...store, ...recorded } } };
  const watch = createParallelWatch(ctx as unknown as Context);
  const ends = (box: string, width: number, totalMs: number, from: number) =>
    Array.from({ length: 6 * width }, (_, n) => ({
      position: from + n,
      at: new Date(1e12 + from + totalMs * (1 + Math.floor(n / width))).toISOString(),
      data: { box, model: 'coder:7b', outcome: 'ok', source: 'live', totalMs, firstTokenMs: 0, output: 80 },
    }));
  const news = async () => (await house?.events(streams.box('ash')))?.map(({ data }) => data);
  const listed = async () => {
    const [ash] = await listBoxes(config, store, pool);
    return [ash?.parallel, ash?.parallelBecause];
  };
  await watch.look();
  expect(await listed()).toEqual([1, null]);
  calls = [...ends('ash', 1, 2000, 0), ...ends('elm', 1, 2000, 50_000)];
  await watch.look();
  expect(await listed()).toEqual([2, 'coder:7b: one at once writes 40 tok/s, and 2 are tried']);
  calls = [...calls, ...ends('ash', 2, 3900, 100_000)];
  await watch.look();
  await watch.look();
  const because = 'coder:7b: one at once writes 40 tok/s, and 2 at once write 41 tok/s';
  expect(await listed()).toEqual([1, because]);
  expect(await news()).toMatchObject([
    { from: 1, to: 2 },
    { from: 2, to: 1, because },
  ]);
  expect(await house.events(streams.box('elm'))).toEqual([]);
  expect(await house.broken()).toEqual([]);
});
