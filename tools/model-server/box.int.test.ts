import { Ollama } from 'ollama';
import { expect, test } from 'vitest';
import { startModelServer, type Scenario } from './index.ts';

const models = [
  { name: 'a:1b', size: 600 },
  { name: 'b:1b', size: 600 },
  { name: 'big:1b', size: 5000 },
];
const start = async (box: Scenario['box'], more: Partial<Scenario> = {}) => {
  const server = await startModelServer({
    scenario: { name: 'box', models, box: box ?? {}, speed: 1000, rules: [{ reply: { text: 'hi' } }], ...more },
  });
  const client = new Ollama({ host: server.url });
  const chat = (model: string, options = {}) =>
    client.chat({ model, messages: [{ role: 'user', content: 'x' }], options });
  const loaded = async () => (await client.ps()).models;
  return { server, client, chat, loaded };
};

test('a model that does not fit beside another sends it away, and loading takes its time', async () => {
  const { server, chat, loaded } = await start({ vram: 1000, loadBytesPerS: 600 });
  expect((await chat('a:1b')).load_duration).toBe(1e9);
  expect((await chat('a:1b')).load_duration).toBe(1e6);
  await chat('b:1b');
  expect((await loaded()).map(({ name }) => name)).toEqual(['b:1b']);
  expect(server.loads).toEqual([
    { model: 'a:1b', numCtx: 4096 },
    { model: 'b:1b', numCtx: 4096 },
  ]);
  await server.stop();
});

test('another context loads a model again, and a model larger than the memory is partly outside of it', async () => {
  const { server, chat, loaded } = await start({ vram: 1000 });
  await chat('a:1b', { num_ctx: 2048 });
  await chat('a:1b', { num_ctx: 8192 });
  expect(server.loads.map(({ numCtx }) => numCtx)).toEqual([2048, 8192]);
  await chat('big:1b');
  expect(await loaded()).toMatchObject([{ name: 'big:1b', size: 5000, size_vram: 1000 }]);
  await server.stop();
});

test('calls beyond the slots wait, and beyond the queue they are refused', async () => {
  const { server, chat } = await start(
    { slots: 1, queue: 1 },
    { rules: [{ call: 1, fault: { kind: 'hang', after: 0 }, reply: { text: 'a b' } }, { reply: { text: 'hi' } }] },
  );
  const leave = new AbortController();
  const first = fetch(`${server.url}/api/chat`, {
    method: 'POST',
    signal: leave.signal,
    body: JSON.stringify({ model: 'a:1b', messages: [{ role: 'user', content: 'x' }] }),
  });
  await first;
  const second = chat('a:1b');
  await server.received(2);
  await expect(chat('a:1b')).rejects.toMatchObject({ status_code: 503 });
  leave.abort();
  expect((await second).message.content).toBe('hi');
  await server.stop();
});

test('a model in use is not sent away: who needs its room waits', async () => {
  const { server, chat } = await start(
    { vram: 1000 },
    { rules: [{ model: 'a:1b', fault: { kind: 'hang', after: 0 }, reply: { text: 'a' } }, { reply: { text: 'hi' } }] },
  );
  const leave = new AbortController();
  await fetch(`${server.url}/api/chat`, {
    method: 'POST',
    signal: leave.signal,
    body: JSON.stringify({ model: 'a:1b', messages: [{ role: 'user', content: 'x' }] }),
  });
  const second = chat('b:1b');
  await server.received(2);
  expect(server.loads).toHaveLength(1);
  leave.abort();
  expect((await second).message.content).toBe('hi');
  expect(server.loads.map(({ model }) => model)).toEqual(['a:1b', 'b:1b']);
  await server.stop();
});

test('keep_alive ends a model: by its time, and at once', async () => {
  let now = 0;
  const server = await startModelServer({
    scenario: { name: 'box', models, rules: [{ reply: { text: 'hi' } }] },
    now: () => now,
  });
  const client = new Ollama({ host: server.url });
  await client.generate({ model: 'a:1b', prompt: 'x', keep_alive: '10m' });
  expect((await client.ps()).models[0]?.expires_at).toBe('1970-01-01T00:10:00.000456789Z');
  now = 600_000;
  expect((await client.ps()).models).toEqual([]);
  await client.generate({ model: 'a:1b', prompt: 'x', keep_alive: 0 });
  expect((await client.ps()).models).toEqual([]);
  await server.stop();
});

test('a prompt that is too long is cut from the front without a word', async () => {
  const { server, client } = await start(
    {},
    { rules: [{ contains: 'START', reply: { text: 'whole' } }, { reply: { text: 'cut' } }] },
  );
  const ask = (num_ctx: number) =>
    client.generate({ model: 'a:1b', prompt: `START ${'word '.repeat(400)}`, options: { num_ctx } });
  expect(await ask(1000)).toMatchObject({ response: 'whole', prompt_eval_count: 502 });
  expect(await ask(100)).toMatchObject({ response: 'cut', prompt_eval_count: 100 });
  await server.stop();
});

test('models are pulled with progress, embedded with, and deleted', async () => {
  const { server, client } = await start({}, { pullable: [{ name: 'new:1b', size: 100 }] });
  const said: string[] = [];
  for await (const { status } of await client.pull({ model: 'new:1b', stream: true })) said.push(status);
  expect([said[0], said.at(-1), said.length]).toEqual(['pulling manifest', 'success', 7]);
  await expect(client.pull({ model: 'none' })).rejects.toThrow('file does not exist');
  const { embeddings, prompt_eval_count } = await client.embed({ model: 'new:1b', input: ['one', 'two', 'one'] });
  expect([embeddings.length, embeddings[0]?.length, prompt_eval_count]).toEqual([3, 16, 3]);
  expect(embeddings[0]).toEqual(embeddings[2]);
  expect(embeddings[0]).not.toEqual(embeddings[1]);
  await client.delete({ model: 'new:1b' });
  await expect(client.show({ model: 'new:1b' })).rejects.toMatchObject({ status_code: 404 });
  await server.stop();
});

test('a box disappears and comes back with other models', async () => {
  const { server, client, chat, loaded } = await start(
    {},
    {
      rules: [
        { model: 'a:1b', call: 2, fault: { kind: 'vanish', ms: 100, models: [{ name: 'b:1b' }] } },
        { reply: { text: 'hi' } },
      ],
      speed: 1,
    },
  );
  await chat('a:1b');
  await expect(chat('a:1b')).rejects.toThrow();
  await expect(client.version()).rejects.toThrow();
  await expect.poll(() => client.version().catch(() => null), { interval: 20 }).toMatchObject({ version: '0.12.0' });
  expect(await loaded()).toEqual([]);
  await expect(chat('a:1b')).rejects.toMatchObject({ status_code: 404 });
  await server.stop();
});
