import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Reply, Rule } from '@hive/model-server';
import { afterEach, expect, test } from 'vitest';
import { openBuilding, type Building } from './building.ts';

let building: Building;
afterEach(() => building.close());

type Calls = NonNullable<Reply['toolCalls']>;
const call = (name: string, input: object): Calls[number] => ({ name, input });
/** An author that always writes this, and hands it in. */
const writes = (content: string): Rule[] => [
  { contains: 'Wrote other.txt', reply: { toolCalls: [call('finish', { summary: 'done' })] } },
  { contains: 'You write one change', reply: { toolCalls: [call('write', { path: 'other.txt', content })] } },
];
const request = (repo: string) => ({
  goal: 'Say two',
  repo,
  checks: ['grep -q two other.txt'],
  plan: { version: 1, tasks: [{ key: 'say', title: 'Say two', paths: ['other.txt'] }] },
});

const told = async (workflow: string) => {
  const { items } = await building.desk.events({ correlationId: workflow, types: ['model.*'], limit: 200 });
  return {
    fallbacks: items.flatMap((event) => (event.type === 'model.fell_back' ? [event.data] : [])),
    asked: items.flatMap((event) => (event.type === 'model.called' ? [event.data.asked] : [])),
  };
};

test('after so many lost attempts the next model has its turn, with what the one before it left behind', async () => {
  building = await openBuilding({
    boxes: { walnut: writes('three\n'), oak: writes('two\n') },
    yaml: 'models: { worker: ["ollama:tiny@walnut", "ollama:tiny@oak"] }, fallback: { after: 2 }',
  });
  const { root } = building.repo({ 'other.txt': 'one\n' });
  const result = await building.run(request(root));
  expect(result.tasks[0]).toMatchObject({ status: 'merged', author: 'double:oak' });
  const { fallbacks, asked } = await told(result.workflow);
  expect(fallbacks).toMatchObject([
    {
      role: 'worker',
      from: 'ollama:tiny@walnut',
      to: 'ollama:tiny@oak',
      because: '2 attempts of ollama:tiny@walnut did not get through',
    },
  ]);
  expect(asked.join()).toBe(
    [...Array<string>(4).fill('ollama:tiny@walnut'), ...Array<string>(2).fill('ollama:tiny@oak')].join(),
  );
  const first = JSON.stringify(building.servers.get('oak')?.requests.find(({ path }) => path === '/api/chat')?.body);
  expect(first).toContain('2 attempts of ollama:tiny@walnut at this task did not get through');
  expect(first).toContain('+three');
  expect(await building.broken()).toEqual([]);
});

test('one that cannot be reached is passed over, and a refused key is not shown again', async () => {
  const refusing = createServer((_, response) =>
    response
      .writeHead(401, { 'content-type': 'application/json' })
      .end(JSON.stringify({ type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key' } })),
  ).listen(0, '127.0.0.1');
  await once(refusing, 'listening');
  let asked = 0;
  refusing.on('request', ({ url = '' }: { url?: string }) => (asked += url.startsWith('/v1/messages') ? 1 : 0));
  try {
    building = await openBuilding({
      boxes: { oak: writes('two\n') },
      more: { away: 'http://127.0.0.1:9' },
      yaml: 'models: { worker: ["ollama:tiny@away", "claude:x", "ollama:tiny@oak"] }',
      env: {
        ANTHROPIC_API_KEY: 'sk-wrong',
        ANTHROPIC_BASE_URL: `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`,
      },
    });
    const { root } = building.repo({ 'other.txt': 'one\n' });
    const result = await building.run(request(root));
    expect(result.tasks[0]).toMatchObject({ status: 'merged', author: 'double:oak' });
    const { fallbacks } = await told(result.workflow);
    expect(fallbacks.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'ollama:tiny@away claude:x',
      'claude:x ollama:tiny@oak',
    ]);
    expect(fallbacks[0]?.because).toMatch(/away does not answer/);
    expect(fallbacks[1]?.because).toMatch(/key was refused/);
    expect(asked).toBe(1);
  } finally {
    refusing.close();
  }
});

test('a model that was named is not replaced', async () => {
  building = await openBuilding({
    boxes: { walnut: writes('three\n'), oak: writes('two\n') },
    yaml: 'models: { worker: ["ollama:tiny@walnut", "ollama:tiny@oak"] }, fallback: { after: 1 }',
  });
  const { root } = building.repo({ 'other.txt': 'one\n' });
  const result = await building.run({ ...request(root), model: 'ollama:tiny@walnut' });
  expect(result.tasks[0]).toMatchObject({ status: 'refused', code: 'checks.red' });
  const { fallbacks, asked } = await told(result.workflow);
  expect([fallbacks, new Set(asked)]).toEqual([[], new Set(['ollama:tiny@walnut'])]);
});
