import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createRepo, openHouse, type House } from '@hive/agent-kit/testing';
import { streams, type Check } from '@hive/events';
import { startModelServer, type ModelServer } from '@hive/model-server';
import { afterEach, expect, test } from 'vitest';

let house: House;
let server: ModelServer;
afterEach(async () => {
  await house.close();
  await server.stop();
});

/** A worker as a process of its own that dies as ordered; answers when it is gone. */
const workerThatDies = (failpoints: string) => {
  const env = {
    PATH: process.env['PATH'],
    HOME: house.folder,
    HIVE_HOME: house.config.home,
    HIVE_AGENT_NAME: 'worker-1',
    OLLAMA_HOST: server.url,
    HIVE_TEST_MODE: '1',
    HIVE_FAILPOINTS: failpoints,
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, '../main.ts')], { env, stdio: 'ignore' });
  return { child, gone: new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, by) => resolve(by))) };
};

test('a worker killed in each turn, and in a check: the next one goes on, and no turn is paid twice', async () => {
  const turns = [
    [
      { name: 'edit', input: { path: 'a.txt', old_text: 'one', new_text: 'two' } },
      { name: 'edit', input: { path: 'a.txt', old_text: 'one', new_text: 'lost' } },
      { name: 'write', input: { path: 'new/b.txt', content: 'b\n' } },
    ],
    [
      { name: 'delete', input: { path: 'c.txt' } },
      { name: 'check', input: { name: 'is two' } },
    ],
    [{ name: 'finish', input: { summary: 'Two' } }],
  ];
  const rules = turns.map((toolCalls, index) => ({ call: index + 1, reply: { toolCalls } }));
  server = await startModelServer({ scenario: { name: 'test', models: [{ name: 'tiny' }], rules } });
  house = await openHouse({ env: { OLLAMA_HOST: server.url } });
  const repo = createRepo(house.folder, { 'a.txt': 'one\n', 'c.txt': 'c\n' });
  const check: Check = { name: 'is two', argv: ['grep', 'two', 'a.txt'], source: 'given' };
  const [taskId = ''] = await house.begin({ repo: repo.root, base: repo.base, checks: [check] }, { author: null });
  await house.enqueue(taskId, 'work');

  const kill = 'model.recorded=kill';
  for (const order of [kill, kill, 'sandbox.spawned=kill', kill]) {
    expect(await workerThatDies(order).gone).toBe('SIGKILL');
    await expect.poll(() => house.bus.queue.rescue()).toBe(1);
  }
  const last = workerThatDies(kill); // it calls nobody, so it lives
  await expect.poll(async () => (await house.view(taskId)).state).toBe('submitted');
  last.child.kill('SIGKILL');
  await last.gone;

  const chats = server.requests.filter(({ path }) => path === '/api/chat');
  expect(chats).toHaveLength(turns.length);
  const { events } = await house.store.events({ types: ['model.called'], limit: 100 });
  expect(events).toHaveLength(turns.length);
  const view = await house.view(taskId);
  expect(view).toMatchObject({ author: 'double:test', attempts: 0, rescues: 4 });
  const patch = Buffer.from(await house.artefacts.get(view.patch ?? '')).toString();
  expect([...patch.matchAll(/^[+-](?![+-]).*/gm)].map(String)).toEqual(['-one', '+two', '-c', '+b']);
  expect((await house.events(streams.task(taskId))).at(-1)?.type).toBe('task.submitted');
  expect(await house.broken()).toEqual([]);
});
