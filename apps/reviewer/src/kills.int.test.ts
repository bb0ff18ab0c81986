import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { openHouse, type House } from '@hive/agent-kit/testing';
import { streams } from '@hive/events';
import { startModelServer, type ModelServer } from '@hive/model-server';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import reviewer from './agent.ts';
import { tellProven } from './testing/proven-task.ts';

let house: House;
let server: ModelServer;
afterEach(async () => {
  await house.close();
  await server.stop();
});

const patch = 'diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-one\n+two\n';

/** A reviewer as a process of its own that dies as ordered; answers by what. */
const reviewerThatDies = async (failpoints: string): Promise<NodeJS.Signals | null> => {
  const env = {
    PATH: process.env['PATH'],
    HOME: house.folder,
    HIVE_HOME: house.config.home,
    HIVE_AGENT_NAME: 'reviewer-1',
    OLLAMA_HOST: server.url,
    HIVE_TEST_MODE: '1',
    HIVE_FAILPOINTS: failpoints,
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { env, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return new Promise((resolve) => child.once('exit', (_, by) => resolve(by)));
};

test('a reviewer killed after its first model has answered: its successor asks only the other one', async () => {
  server = await startModelServer({
    scenario: {
      name: 'reviews',
      models: [{ name: 'one' }, { name: 'two' }],
      rules: [
        { model: 'one', call: 1, reply: { text: 'Looks good!' } }, // asked once more, in other words
        { reply: { json: { decision: 'approve', findings: [] } } },
      ],
    },
  });
  house = await openHouse({
    yaml: 'hive: { disk: { floorGb: 0 }, models: { reviewer: ["ollama:one", "ollama:two"] }, review: { quorum: 2 } }',
    env: { OLLAMA_HOST: server.url },
  });
  const base = '1'.repeat(40);
  const [taskId = ''] = await house.begin({ repo: '/nowhere', base }, {});
  await tellProven(house, taskId, { author: 'human', base, patch });
  await house.enqueue(taskId, 'review', { maxAttempts: 5 }); // on a busy machine a box may look away

  expect(await reviewerThatDies('model.recorded=kill@2')).toBe('SIGKILL');
  await expect.poll(() => house.bus.queue.rescue()).toBe(1);
  await house.start(reviewer);
  const reviews = async () =>
    (await house.events(streams.task(taskId))).filter(({ type }) => type === 'task.review_completed');
  await expect.poll(async () => (await reviews()).length).toBe(3);

  const asked = server.requests.filter(({ path }) => path === '/api/chat');
  expect(asked.map(({ body }) => (body as { model: string }).model)).toEqual(['one', 'one', 'two']);
  const { events } = await house.store.events({ types: ['model.called'], limit: 100 });
  expect(events).toHaveLength(3);
  expect((await reviews()).map(({ data }) => data)).toMatchObject([
    { decision: 'approve', reviewer: { kind: 'rules' } },
    { decision: 'approve', reviewer: { kind: 'model', model: 'double:reviews' } },
    { decision: 'approve', reviewer: { kind: 'model', model: 'double:reviews' } },
  ]);
  expect(await house.broken()).toEqual([]);
});
