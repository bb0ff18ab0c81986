import { afterEach, expect, test } from 'vitest';
import { complete, type ModelRequest, type Run } from '@hive/llm';
import { fetchOf, startModelServer, type ModelServer, type Scenario } from '@hive/model-server';
import { createOllama, type OllamaOptions } from './index.ts';

const ask: ModelRequest = { system: [], messages: [{ role: 'user', parts: [{ text: 'hi' }] }], maxTokens: 200 };
const runFor = (): Run => ({
  signal: new AbortController().signal,
  deadline: new Date(Date.now() + 20_000),
  idleMs: 10_000,
  correlationId: 'c',
  callId: 'c',
});

let server: ModelServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});
const open = async (scenario: Partial<Scenario>, options: Partial<OllamaOptions> = {}) => {
  const started = await startModelServer({ scenario: { name: 's', rules: [{ reply: { text: 'ok' } }], ...scenario } });
  server = started;
  return { model: createOllama({ endpoint: started.url, model: 'm:1b', box: 'walnut', ...options }), server: started };
};

test('what a model can do, and whether it is in memory', async () => {
  const models = [{ name: 'm:1b', contextTokens: 8192, capabilities: ['completion', 'embedding', 'thinking'] }];
  const { model } = await open({ models });
  const cold = { contextTokens: 8192, tools: false, thinking: true, embeddings: true, seed: true, resident: false };
  expect(await model.capabilities(runFor())).toMatchObject({ ...cold, learnt: { from: 'show' } });
  await complete(model, ask, runFor());
  expect(await model.capabilities(runFor())).toMatchObject({ ...cold, resident: true });
});

test.each([
  ['too few vectors', { embeddings: [[1, 2]] }],
  ['vectors of different lengths', { embeddings: [[1, 2], [1]] }],
  ['empty vectors', { embeddings: [[], []] }],
  ['no vectors', {}],
])('%s are bad output', async (_, body) => {
  const raw = { status: 200, headers: { 'content-type': 'application/json' }, pieces: [JSON.stringify(body)] };
  const { model } = await open({ rules: [{ path: '/api/embed', reply: { raw } }] });
  await expect(model.embed?.(['a', 'b'], runFor())).rejects.toMatchObject({
    code: 'model.bad_output',
    details: { sent: true, usage: { input: null } },
  });
});

test('a text that is too long to embed is said to be, and not cut', async () => {
  const fault = {
    kind: 'status',
    status: 400,
    body: { error: 'the input length exceeds the context length' },
  } as const;
  const { model, server } = await open({ rules: [{ path: '/api/embed', fault }] });
  await expect(model.embed?.(['a'], runFor())).rejects.toMatchObject({ code: 'model.context_full', remedy: 'give_up' });
  expect(server.requests[0]?.body).toMatchObject({ truncate: false });
});

test('connections are used again', async () => {
  const { model, server } = await open({ rules: [{ reply: { text: 'one two', chunks: 2 } }] });
  for (let n = 0; n < 5; n += 1) await complete(model, ask, runFor());
  expect(server.connections()).toBeLessThan(4);
});

test('any split of the bytes of an answer gives the same chunks', async () => {
  const reply = {
    thinking: 'Überlegung 🐝',
    text: 'Grüße, "Biene" 🐝!\n\u2028',
    chunks: 7,
    toolCalls: [{ name: 'read', input: { path: 'ü/"🐝"\n' } }, { name: 'list' }],
  };
  const { server } = await open({ rules: [{ reply }] });
  const body = JSON.stringify({ model: 'm:1b', messages: [{ role: 'user', content: 'hi' }] });
  const response = await fetch(`${server.url}/api/chat`, { method: 'POST', body });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const chunksOf = async (seed: number) => {
    const send = fetchOf(bytes, { seed, contentType: 'application/x-ndjson' });
    const model = createOllama({ endpoint: 'http://127.0.0.1:9', model: 'm:1b', box: 'b', fetch: send });
    const chunks: unknown[] = [];
    for await (const chunk of model.call(ask, runFor()))
      chunks.push(chunk.type === 'done' ? { ...chunk, timing: null } : chunk);
    return chunks;
  };
  const expected = await chunksOf(0);
  expect(expected.at(-1)).toMatchObject({ type: 'done', text: reply.text, stop: 'tool_use' });
  for (let seed = 1; seed <= 150; seed += 1) expect(await chunksOf(seed)).toEqual(expected);
});
