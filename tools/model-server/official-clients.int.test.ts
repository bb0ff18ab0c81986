import Anthropic from '@anthropic-ai/sdk';
import { Ollama } from 'ollama';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startModelServer, type ModelServer } from './index.ts';

// The clients of the vendors judge the double, so that it is not only its author who does.
let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer({
    scenario: {
      name: 'official',
      apiKey: 'sk-double',
      models: [
        { name: 'claude-double', contextTokens: 100_000 },
        { name: 'qwen3:1b', size: 1000 },
      ],
      rules: [
        { contains: 'tool', reply: { text: 'Looking.', toolCalls: [{ name: 'read', input: { path: 'a "b"\\n🐝' } }] } },
        { contains: 'json', reply: { json: { ok: true } } },
        { contains: 'busy', call: 1, fault: { kind: 'status', status: 529 } },
        { contains: 'cut', fault: { kind: 'cut', after: 1 }, reply: { text: 'one two', chunks: 2 } },
        { reply: { text: 'Hello, 🐝!', thinking: 'hm', chunks: 4, usage: { input: 12, output: 5 } } },
      ],
    },
  });
});
afterAll(() => server.stop());

const claude = (apiKey = 'sk-double') => new Anthropic({ apiKey, baseURL: server.url, maxRetries: 0 });
const say = (content: string) => ({
  model: 'claude-double',
  max_tokens: 100,
  messages: [{ role: 'user' as const, content }],
});
const ollama = () => new Ollama({ host: server.url });
const chat = (content: string) => ({ model: 'qwen3:1b', messages: [{ role: 'user', content }] });

test('Claude: streamed and whole answers are the same message', async () => {
  const streamed = await claude().messages.stream(say('hi')).finalMessage();
  const whole = await claude().messages.create(say('hi'));
  expect(streamed.content).toEqual(whole.content);
  expect(streamed.content).toMatchObject([
    { type: 'thinking', thinking: 'hm' },
    { type: 'text', text: 'Hello, 🐝!' },
  ]);
  expect(streamed.usage).toMatchObject({ input_tokens: 12, output_tokens: 5 });
  expect(streamed.stop_reason).toBe('end_turn');
});

test('Claude: a tool call arrives whole', async () => {
  const { content, stop_reason } = await claude().messages.stream(say('use a tool')).finalMessage();
  expect(content[1]).toMatchObject({ type: 'tool_use', name: 'read', input: { path: 'a "b"\\n🐝' } });
  expect(stop_reason).toBe('tool_use');
});

test('Claude: errors are of the classes that the client knows', async () => {
  await expect(claude('wrong').messages.create(say('hi'))).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
  await expect(claude().messages.create({ ...say('hi'), model: 'other' })).rejects.toBeInstanceOf(
    Anthropic.NotFoundError,
  );
  await expect(claude().messages.create(say('busy'))).rejects.toMatchObject({
    status: 529,
    type: 'overloaded_error',
    requestID: expect.stringMatching(/^req_double_/) as string,
  });
  await expect(claude().messages.stream(say('cut')).finalMessage()).rejects.toThrow();
});

test('Claude: models and counts', async () => {
  const list = await claude().models.list();
  expect(list.data.map(({ id }) => id)).toEqual(['claude-double', 'qwen3:1b']);
  expect((await claude().models.retrieve('claude-double')).max_input_tokens).toBe(100_000);
  expect(
    (await claude().messages.countTokens({ model: 'claude-double', messages: say('12345678').messages })).input_tokens,
  ).toBe(2);
});

test('Claude: the older header is accepted, and a request without a key is not', async () => {
  const ask = (headers: Record<string, string>) =>
    fetch(`${server.url}/v1/messages?beta=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(say('hi')),
    });
  expect((await ask({ 'x-api-key': 'sk-double', 'anthropic-version': '2023-06-01' })).status).toBe(200);
  const refused = await ask({ 'anthropic-version': '2026-10-21' });
  expect(refused.status).toBe(401);
  expect(refused.headers.get('x-hive-double')).toBe('official');
});

test('Ollama: chat and generate, streamed and whole', async () => {
  const whole = await ollama().chat(chat('hi'));
  const pieces: string[] = [];
  for await (const record of await ollama().chat({ ...chat('hi'), stream: true })) pieces.push(record.message.content);
  expect(pieces.join('')).toBe(whole.message.content);
  expect(pieces.length).toBeGreaterThan(3);
  expect(whole).toMatchObject({ done: true, done_reason: 'stop', prompt_eval_count: 12, eval_count: 5 });
  expect((await ollama().generate({ model: 'qwen3:1b', prompt: 'hi' })).response).toBe('Hello, 🐝!');
  let generated = '';
  for await (const record of await ollama().generate({ model: 'qwen3:1b', prompt: 'hi', stream: true }))
    generated += record.response ?? '';
  expect(generated).toBe('Hello, 🐝!');
});

test('Ollama: tools come without ids, JSON as text, unknown models as 404', async () => {
  const { message } = await ollama().chat(chat('use a tool'));
  expect(message.tool_calls).toEqual([{ function: { name: 'read', arguments: { path: 'a "b"\\n🐝' } } }]);
  expect(JSON.parse((await ollama().chat({ ...chat('json'), format: { type: 'object' } })).message.content)).toEqual({
    ok: true,
  });
  await expect(ollama().chat({ ...chat('hi'), model: 'none' })).rejects.toMatchObject({
    status_code: 404,
    error: "model 'none' not found",
  });
});

test('Ollama: tags, load, ps, unload, show, version', async () => {
  const tags = await ollama().list();
  expect(tags.models.map(({ name }) => name)).toEqual(['claude-double:latest', 'qwen3:1b']);
  expect(await ollama().chat({ model: 'qwen3:1b', messages: [], options: { num_ctx: 4096 } })).toMatchObject({
    done_reason: 'load',
  });
  expect((await ollama().ps()).models).toMatchObject([{ name: 'qwen3:1b', size_vram: 1000, context_length: 4096 }]);
  await ollama().chat({ model: 'qwen3:1b', messages: [], keep_alive: 0 });
  expect((await ollama().ps()).models).toEqual([]);
  expect(await ollama().show({ model: 'qwen3:1b' })).toMatchObject({
    capabilities: ['completion', 'tools'],
    model_info: { 'double.context_length': 32_768 },
  });
  expect((await ollama().version()).version).toBe('0.12.0');
});

test('Ollama: a chat streams unless it is told not to, with nine decimals in its times', async () => {
  const response = await fetch(`${server.url}/api/chat`, { method: 'POST', body: JSON.stringify(chat('hi')) });
  expect(response.headers.get('content-type')).toBe('application/x-ndjson');
  const lines = (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { created_at: string; done: boolean });
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.every(({ created_at }) => /\.\d{9}Z$/.test(created_at))).toBe(true);
  expect(lines.at(-1)?.done).toBe(true);
  expect(await (await fetch(server.url)).text()).toBe('Ollama is running');
});
