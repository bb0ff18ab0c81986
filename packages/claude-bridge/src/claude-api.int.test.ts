import { afterEach, expect, test, vi } from 'vitest';
import { complete, formatModelRef, type ModelRequest, type Run } from '@hive/llm';
import { fetchOf, startModelServer, type ModelServer, type Scenario } from '@hive/model-server';
import { createClaude, listClaudeModels, type ClaudeOptions } from './index.ts';

const ask = (text: string, more: Partial<ModelRequest> = {}): ModelRequest => ({
  system: [],
  messages: [{ role: 'user', parts: [{ text }] }],
  maxTokens: 200,
  ...more,
});
const runFor = (given: Partial<Run> = {}): Run => ({
  signal: new AbortController().signal,
  deadline: new Date(Date.now() + 20_000),
  idleMs: 10_000,
  correlationId: 'c',
  callId: 'c',
  ...given,
});

let server: ModelServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});
const open = async (scenario: Partial<Scenario>, options: Partial<ClaudeOptions> = {}) => {
  const started = await startModelServer({ scenario: { name: 's', rules: [{ reply: { text: 'ok' } }], ...scenario } });
  server = started;
  const model = createClaude({ apiKey: 'sk-own-1', baseURL: started.url, model: 'm', ...options });
  return { model, server: started, body: (n: number) => started.requests[n]?.body as Record<string, unknown> };
};

test('what the provider says about its models: sizes, abilities, and which are about to go', async () => {
  const models: Scenario['models'] = [
    { name: 'm', contextTokens: 123_000, maxOutput: 8000, capabilities: ['thinking', 'vision'] },
    { name: 'old', lifecycle: 'deprecated', retiresAt: '2026-12-01T00:00:00Z' },
    { name: 'gone', lifecycle: 'retired' },
  ];
  const { model, server } = await open({ models });
  expect(await model.capabilities(runFor())).toMatchObject({
    contextTokens: 123_000,
    maxOutput: 8000,
    structured: 'prompt',
    thinking: true,
    vision: true,
    prefill: false,
    lifecycle: { state: 'active', retiresAt: null },
    learnt: { from: 'api', fields: { prefill: 'config' } },
  });
  const listed = await listClaudeModels({ apiKey: 'k', baseURL: server.url }, runFor());
  expect(listed.map(({ id, capabilities }) => [id, capabilities.lifecycle])).toEqual([
    ['m', { state: 'active', retiresAt: null }],
    ['old', { state: 'deprecated', retiresAt: '2026-12-01T00:00:00Z' }],
    ['gone', { state: 'retired', retiresAt: null }],
  ]);
});

test('the same content is counted once', async () => {
  const { model, server } = await open({});
  expect(await model.count(ask('12345678'), runFor())).toEqual({ tokens: 2, exact: true });
  expect(await model.count(ask('12345678', { maxTokens: 7 }), runFor())).toEqual({ tokens: 2, exact: true });
  expect((await model.count(ask('other words'), runFor())).tokens).toBe(3);
  expect(server.requests.map(({ path }) => path)).toEqual(Array(2).fill('/v1/messages/count_tokens'));
});

test('a box that speaks this protocol is not asked to count, and is named', async () => {
  const { model, server } = await open({}, { box: 'walnut' });
  expect(await model.count(ask('12345678'), runFor())).toMatchObject({ exact: false });
  expect(server.requests).toEqual([]);
  expect(formatModelRef(model.ref)).toBe('claude:m@walnut');
});

test('prefixes are marked where the prompt says so, four times at most, and as a whole where it does not', async () => {
  const { model, body } = await open({});
  const part = (text: string) => ({ text, cacheBreak: true }) as const;
  const system = ['1', '2', '3', '4', '5', '6'].map(part);
  await complete(model, ask('hi', { system, cache: 'long' }), runFor());
  const marks = (body(0)['system'] as { cache_control?: unknown }[]).map((block) => block.cache_control);
  expect(marks).toEqual([undefined, undefined, ...Array<unknown>(4).fill({ type: 'ephemeral', ttl: '1h' })]);
  expect(body(0)).not.toHaveProperty('cache_control');
  await complete(model, ask('hi', { cache: 'short' }), runFor());
  expect(body(1)['cache_control']).toEqual({ type: 'ephemeral', ttl: '5m' });
  await complete(model, ask('hi', { system }), runFor());
  expect(JSON.stringify(body(2))).not.toContain('cache_control');
});

test('a prefix that was written is read by the next call, and both are counted and priced', async () => {
  const prices = { 'claude:m': { input: 2, output: 10, cacheRead: 0.2, cacheWrite: 2.5 } };
  const { model } = await open({}, { prices });
  const prefix = { system: [{ text: 'rules '.repeat(100), cacheBreak: true as const }], cache: 'short' as const };
  const { usage: first } = await complete(model, ask('one', prefix), runFor());
  const { usage: second } = await complete(model, ask('two', prefix), runFor());
  expect(first).toMatchObject({ cacheRead: 0, costBasis: 'list' });
  expect(first.cacheWrite).toBeGreaterThan(100);
  expect(second).toMatchObject({ cacheRead: first.cacheWrite, cacheWrite: 0 });
  expect(second.costUsd).toBeCloseTo(
    ((second.input ?? 0) * 2 + (second.cacheRead ?? 0) * 0.2 + (second.output ?? 0) * 10) / 1e6,
    12,
  );
});

test('effort and thinking are asked for; what was thought is counted, and goes back with the tool calls', async () => {
  const reply = { thinking: 'I should look.', toolCalls: [{ name: 'read', input: { path: 'a' } }] };
  const { model, body } = await open({ rules: [{ call: 1, reply }, { reply: { text: 'done' } }] });
  const first = ask('hi', { effort: 'high', thinking: 'auto' });
  const { toolCalls, thoughts, usage } = await complete(model, first, runFor());
  expect(body(0)).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'high' } });
  expect(usage.thinking).toBe(4);
  expect(thoughts).toEqual([{ type: 'thinking', thinking: 'I should look.', signature: 'ZG91Ymxl' }]);
  const turn = { role: 'assistant', parts: [], toolCalls, ...(thoughts && { thoughts }) } as const;
  const result = { role: 'tool', callId: toolCalls[0]?.id ?? '', name: 'read', parts: [{ text: 'x' }] } as const;
  await complete(model, { ...first, messages: [...first.messages, turn, result] }, runFor());
  expect((body(1)['messages'] as { content: unknown }[])[1]?.content).toMatchObject([
    { type: 'thinking', signature: 'ZG91Ymxl' },
    { type: 'tool_use', name: 'read' },
  ]);
});

test('a model that enforces no schema is told it, and a fence around its answer does no harm', async () => {
  const { model, body } = await open(
    { rules: [{ reply: { text: '```json\n{"a": 1}\n```' } }] },
    { structured: 'prompt' },
  );
  const schema = { type: 'object', properties: { a: { type: 'integer' } } };
  const done = await complete(model, ask('hi', { output: { name: 'x', schema } }), runFor());
  expect(done.output).toEqual({ a: 1 });
  expect(body(0)).not.toHaveProperty('output_config');
  expect(JSON.stringify(body(0)['system'])).toContain('JSON Schema');
});

test('limits that an answer tells of are told on, of a good answer and of a refusal', async () => {
  const limits = { perMinute: { requests: 2 }, plan: { five_hour: { tokens: 1000, seconds: 18_000 } } };
  const { model } = await open({ limits });
  const done = await complete(model, ask('hi'), runFor());
  expect(done.limits).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: 'requests', limit: 2, remaining: 1, usedShare: 0.5 }),
      expect.objectContaining({ kind: 'five_hour', limit: null, resetsAt: expect.stringMatching(/Z$/) as string }),
    ]),
  );
  await complete(model, ask('hi'), runFor());
  await expect(complete(model, ask('hi'), runFor())).rejects.toMatchObject({
    code: 'model.rate_limited',
    details: {
      retryAt: expect.stringMatching(/Z$/) as string,
      limits: expect.arrayContaining([expect.objectContaining({ kind: 'requests', remaining: 0 })]) as unknown,
      usage: { output: null },
    },
  });
});

test('connections are used again', async () => {
  const { model, server } = await open({ rules: [{ reply: { text: 'one two', chunks: 2 } }] });
  for (let n = 0; n < 5; n += 1) await complete(model, ask('hi'), runFor());
  expect(server.connections()).toBeLessThan(4);
});

test('nothing of the environment is read or sent: no key, address, header, profile or log level', async () => {
  const printed = (['log', 'info', 'debug', 'warn', 'error'] as const).map((method) =>
    vi.spyOn(console, method).mockImplementation(() => {}),
  );
  const before = { ...process.env };
  for (const name of ['API_KEY', 'AUTH_TOKEN', 'IDENTITY_TOKEN', 'SESSION_ID', 'PROFILE', 'WORK_SECRET'])
    process.env[`ANTHROPIC_${name}`] = `canary-of-${name}`;
  Object.assign(process.env, {
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
    ANTHROPIC_CUSTOM_HEADERS: 'x-canary: canary-header\nauthorization: Bearer canary-bearer\nx-api-key: canary-key',
    ANTHROPIC_LOG: 'debug',
    HTTP_PROXY: 'http://127.0.0.1:9',
  });
  try {
    const { model, server } = await open({});
    await complete(model, ask('hi'), runFor());
    await model.count(ask('hi'), runFor());
    await model.capabilities(runFor());
    expect(server.requests).toHaveLength(3);
    expect(JSON.stringify(server.requests)).not.toContain('canary-');
    for (const { headers } of server.requests) expect(headers.authorization).toBe('Bearer sk-own-1');
    for (const spy of printed) expect(spy).not.toHaveBeenCalled();
  } finally {
    process.env = before;
    vi.restoreAllMocks();
  }
});

test('a server that does not count is answered for by an estimate', async () => {
  const body = JSON.stringify({ error: { type: 'not_found_error', message: 'Not found' } });
  const headers = { 'content-type': 'application/json' };
  const send = () => Promise.resolve(new Response(body, { status: 404, headers }));
  const model = createClaude({ apiKey: 'k', baseURL: 'http://127.0.0.1:9', model: 'm', fetch: send });
  const counted = await model.count(ask('hi'), runFor());
  expect(counted.exact).toBe(false);
  expect(counted.tokens).toBeGreaterThan(0);
});

test('a server that repeats the key, or the prompt, is not quoted with the key', async () => {
  const body = { type: 'error', error: { type: 'authentication_error', message: 'bad key sk-own-1' } };
  const { model } = await open({ rules: [{ fault: { kind: 'status', status: 401, body } }] });
  const error = await complete(model, ask('hi'), runFor()).catch((thrown: unknown) => thrown as Error);
  expect(error).toMatchObject({ code: 'model.auth', message: expect.stringContaining('ANTHROPIC_API_KEY') as string });
  expect((error as Error).message + JSON.stringify(error)).not.toContain('sk-own-1');
});

test('any split of the bytes of an answer gives the same chunks', async () => {
  const reply = {
    thinking: 'Überlegung 🐝',
    text: 'Grüße, "Biene" 🐝!\n\\u0041 data: x',
    chunks: 7,
    toolCalls: [{ name: 'read', input: { path: 'ü/"🐝"\n' } }, { name: 'list' }],
  };
  const { server } = await open({ rules: [{ reply }] });
  const response = await fetch(`${server.url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({ model: 'm', max_tokens: 500, stream: true, messages: [{ role: 'user', content: 'hi' }] }),
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const chunksOf = async (seed: number) => {
    const send = fetchOf(bytes, { seed, contentType: 'text/event-stream' });
    const model = createClaude({ apiKey: 'k', baseURL: 'http://127.0.0.1:9', model: 'm', fetch: send });
    const chunks: unknown[] = [];
    for await (const chunk of model.call(ask('hi'), runFor()))
      chunks.push(chunk.type === 'done' ? { ...chunk, timing: null } : chunk);
    return chunks;
  };
  const expected = await chunksOf(0);
  expect(expected.at(-1)).toMatchObject({ type: 'done', text: reply.text, stop: 'tool_use' });
  for (let seed = 1; seed <= 150; seed += 1) expect(await chunksOf(seed)).toEqual(expected);
});
