import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { complete, type ModelRequest, type Run } from '@hive/llm';
import type { HiveError } from '@hive/errors';
import { faultCases, startModelServer, tryFault, type Fault, type Reply } from '@hive/model-server';
import { createClaude, type ClaudeOptions } from './index.ts';

const request: ModelRequest = {
  system: [],
  messages: [{ role: 'user', parts: [{ text: 'Say hello.' }] }],
  maxTokens: 100,
};
const runFor = (given: Partial<Run> = {}): Run => ({
  signal: new AbortController().signal,
  deadline: new Date(Date.now() + 20_000),
  idleMs: 10_000,
  correlationId: 'c',
  callId: 'c',
  ...given,
});
const noon = Date.parse('2026-06-01T12:00:00Z');
const frozen = { now: () => noon, after: () => () => {} };

/** One call against a double that answers like this. */
const call = async (
  { fault, reply = { text: 'one two three', chunks: 3 } }: { fault?: Fault; reply?: Reply },
  options: Partial<ClaudeOptions> = {},
) => {
  const server = await startModelServer({
    scenario: { name: 'faults', rules: [{ reply, ...(fault ? { fault } : {}) }] },
  });
  const model = createClaude({ apiKey: 'sk-test', baseURL: server.url, model: 'claude-double', ...options });
  try {
    const ended = await complete(
      model,
      request,
      runFor(options.clock ? { deadline: new Date(noon + 1000) } : {}),
    ).catch((error: unknown) => error);
    return { ended, requests: server.requests };
  } finally {
    await server.stop();
  }
};

const status = (code: number, more: Omit<Extract<Fault, { kind: 'status' }>, 'kind' | 'status'> = {}): Fault => ({
  kind: 'status',
  status: code,
  ...more,
});
const cases = faultCases.filter((one) => one.claude ?? one.both);
test.each(cases)('$name: its code and remedy, after one request', async (one) => {
  const { ended, requests } = await tryFault(one, ({ url, ...surroundings }) =>
    createClaude({ apiKey: 'sk-test', baseURL: url, model: 'claude-double', ...surroundings }),
  );
  expect(ended).toMatchObject({ ...one.both, ...one.claude });
  expect(requests).toHaveLength(one.requests ?? 1);
  if (ended instanceof Error) expect((ended as HiveError).details).toMatchObject({ usage: {}, timing: {}, sent: true });
});

test.each<[string, Record<string, string>, number | undefined]>([
  ['seconds', { 'retry-after': '30' }, 30_000],
  ['milliseconds', { 'retry-after-ms': '1500', 'retry-after': '30' }, 1500],
  ['a date', { 'retry-after': 'Mon, 01 Jun 2026 12:01:00 GMT' }, 60_000],
  ['a date that has passed', { 'retry-after': 'Mon, 01 Jun 2026 11:00:00 GMT' }, 0],
  ['an absurd time', { 'retry-after': '999999999' }, 31 * 24 * 3_600_000],
  ['nonsense', { 'retry-after': 'soon' }, undefined],
  [
    'a limit that is used up',
    {
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-06-01T12:05:00Z',
      'anthropic-ratelimit-tokens-remaining': '9',
      'anthropic-ratelimit-tokens-reset': '2026-06-01T13:00:00Z',
    },
    300_000,
  ],
  ['nothing', {}, undefined],
])('a rate limit with %s', async (_, headers, retryAfterMs) => {
  const { ended } = await call({ fault: status(429, { headers }) }, { clock: frozen });
  expect(ended).toMatchObject({ code: 'model.rate_limited', retryAfterMs });
});

test('a port where nobody listens is unreachable', async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  );
  await new Promise((closed) => server.close(closed));
  const model = createClaude({ apiKey: 'k', baseURL: `http://127.0.0.1:${port}`, model: 'm' });
  await expect(complete(model, request, runFor())).rejects.toMatchObject({
    code: 'model.unreachable',
    message: expect.stringContaining('ECONNREFUSED') as string,
  });
});

test('counts that are absent are unknown, and so is the cost', async () => {
  const { ended } = await call(
    { reply: { text: 'x', usage: null } },
    { prices: { 'claude-double': { input: 3, output: 15 } } },
  );
  expect(ended).toMatchObject({ usage: { input: null, cacheRead: null, costBasis: 'unknown' } });
});

test('a price makes dollars of tokens; a cache without a price makes them unknown', async () => {
  const usage = { input: 1000, output: 200, cacheRead: 500 };
  const prices = { 'claude-double': { input: 3, output: 15, cacheRead: 0.3 } };
  const { ended } = await call({ reply: { text: 'x', usage } }, { prices });
  expect(ended).toMatchObject({
    usage: { input: 1000, cacheRead: 500, output: 200, costUsd: 0.00615, costBasis: 'list' },
    double: 'faults',
    model: 'claude-double',
  });
  const { ended: unpriced } = await call(
    { reply: { text: 'x', usage } },
    { prices: { 'claude-double': { input: 3, output: 15 } } },
  );
  expect(unpriced).toMatchObject({ usage: { costBasis: 'unknown' } });
});

test('the key goes as a bearer token, and the schema without what the API cannot read', async () => {
  const server = await startModelServer({ scenario: { name: 's', rules: [{ reply: { json: { a: 1 } } }] } });
  const model = createClaude({ apiKey: 'sk-test', baseURL: server.url, model: 'm' });
  const schema = { type: 'object', properties: { a: { type: 'integer', maximum: 9 } }, required: ['a'] };
  const done = await complete(
    model,
    { ...request, output: { name: 'answer', schema }, cache: 'short', system: [{ text: 'Rules', cacheBreak: true }] },
    runFor(),
  );
  await server.stop();
  expect(done.output).toEqual({ a: 1 });
  expect(server.requests[0]).toMatchObject({
    path: '/v1/messages',
    headers: { authorization: 'Bearer sk-test' },
    body: {
      stream: true,
      max_tokens: 100,
      system: [{ type: 'text', text: 'Rules', cache_control: { type: 'ephemeral', ttl: '5m' } }],
      output_config: {
        format: {
          type: 'json_schema',
          schema: { type: 'object', additionalProperties: false, properties: { a: { type: 'integer' } } },
        },
      },
    },
  });
  expect(JSON.stringify(server.requests[0]?.body)).not.toContain('"maximum":9');
});

test('parallel tool results go back in one turn', async () => {
  const server = await startModelServer({ scenario: { name: 's', rules: [{ reply: { text: 'done' } }] } });
  const model = createClaude({ apiKey: 'k', baseURL: server.url, model: 'm' });
  const toolCalls = ['1', '2'].map((id) => ({ id, name: 'read', input: { path: id } }));
  await complete(
    model,
    {
      ...request,
      messages: [
        ...request.messages,
        { role: 'assistant', parts: [], toolCalls },
        ...toolCalls.map(({ id }) => ({ role: 'tool', callId: id, name: 'read', parts: [{ text: id }] }) as const),
      ],
    },
    runFor(),
  );
  await server.stop();
  const { messages } = server.requests[0]?.body as {
    messages: { role: string; content: { tool_use_id?: string }[] }[];
  };
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  expect(messages[2]?.content.map((block) => block.tool_use_id)).toEqual(['1', '2']);
});

test.each(['http://api.example.com', 'http://8.8.8.8', 'ftp://127.0.0.1', 'nonsense', 'http://user:pw@127.0.0.1'])(
  '%s is refused before anything is sent',
  (baseURL) => {
    expect(() => createClaude({ apiKey: 'k', baseURL, model: 'm' })).toThrow(
      expect.objectContaining({ code: 'config.invalid' }),
    );
  },
);
