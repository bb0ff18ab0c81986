import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createRepo, openHouse, type House } from '@hive/agent-kit/testing';
import { startModelServer, type ModelServer, type Rule } from '@hive/model-server';
import { afterEach, expect, test } from 'vitest';

let house: House;
const servers: ModelServer[] = [];
afterEach(async () => {
  await house.close();
  for (const server of servers.splice(0)) await server.stop();
});

const box = async (name: string, rules: Rule[]): Promise<ModelServer> => {
  const server = await startModelServer({ scenario: { name, models: [{ name: 'tiny' }], rules } });
  servers.push(server);
  return server;
};

/** A worker as a process of its own that dies as ordered; answers when it is gone. */
const workerThatDies = (failpoints: string) => {
  const env = {
    PATH: process.env['PATH'],
    HOME: house.folder,
    HIVE_HOME: house.config.home,
    HIVE_AGENT_NAME: 'worker-1',
    HIVE_TEST_MODE: '1',
    HIVE_FAILPOINTS: failpoints,
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, '../main.ts')], { env, stdio: 'ignore' });
  return { child, gone: new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, by) => resolve(by))) };
};

test('a worker killed before, between and after the calls around a change of the model: told once, and no turn is paid twice', async () => {
  const walnut = await box('walnut', [{ reply: { text: '' } }]);
  const oak = await box('oak', [
    { call: 1, reply: { toolCalls: [{ name: 'write', input: { path: 'a.txt', content: 'two\n' } }] } },
    { call: 2, reply: { toolCalls: [{ name: 'finish', input: { summary: 'Two' } }] } },
  ]);
  house = await openHouse({
    yaml: `hive: { sandbox: { mode: off, allowUnsandboxed: true }, disk: { floorGb: 0 }, agents: { walnut: { endpoint: "${walnut.url}" }, oak: { endpoint: "${oak.url}" } }, models: { worker: ["ollama:tiny@walnut", "ollama:tiny@oak"] }, fallback: { after: 1 } }`,
  });
  const repo = createRepo(house.folder, { 'a.txt': 'one\n' });
  const [taskId = ''] = await house.begin({ repo: repo.root, base: repo.base }, { author: null });
  await house.enqueue(taskId, 'work', { maxAttempts: 2 });

  const kill = 'model.recorded=kill';
  for (const order of [`${kill}@2`, kill, 'model.intended=kill', kill, kill]) {
    expect(await workerThatDies(order).gone).toBe('SIGKILL');
    await expect.poll(() => house.bus.queue.rescue()).toBe(1);
  }
  const last = workerThatDies(kill); // it calls nobody, so it lives
  await expect.poll(async () => (await house.view(taskId)).state).toBe('submitted');
  last.child.kill('SIGKILL');
  await last.gone;

  const chats = [walnut, oak].map(({ requests }) => requests.filter(({ path }) => path === '/api/chat').length);
  expect(chats).toEqual([3, 2]);
  const { events } = await house.store.events({ types: ['model.intended', 'model.fell_back'], limit: 100 });
  expect(events.map(({ type, data }) => (type === 'model.intended' ? data.box : type))).toEqual([
    ...Array<string>(3).fill('walnut'),
    'model.fell_back',
    ...Array<string>(3).fill('oak'), // the first of them never left
  ]);
  expect((await house.store.events({ types: ['model.called'], limit: 100 })).events).toHaveLength(5);
  expect(await house.view(taskId)).toMatchObject({ author: 'double:oak', attempts: 1, rescues: 5 });
  expect(await house.broken()).toEqual([]);
});
