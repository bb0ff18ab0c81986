import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { complete, type ModelRequest, type Run } from '@hive/llm';
import type { HiveError } from '@hive/errors';
import { faultCases, startModelServer, tryFault, type Fault, type Reply } from '@hive/model-server';
import { createOllama, probeBox, type OllamaOptions } from './index.ts';

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

/** What the client prints would break `--json`; nothing here may be printed. */
const printed: unknown[] = [];
beforeEach(() => {
  for (const method of ['log', 'warn', 'error', 'info', 'debug'] as const)
    vi.spyOn(console, method).mockImplementation((...words) => printed.push(words));
});
afterEach(() => {
  vi.restoreAllMocks();
  expect(printed).toEqual([]);
});

const call = async (
  {
    fault,
    reply = { text: 'one two three', chunks: 3 },
    ask = request,
    run = {},
  }: { fault?: Fault; reply?: Reply; ask?: ModelRequest; run?: Partial<Run> },
  options: Partial<OllamaOptions> = {},
) => {
  const server = await startModelServer({
    scenario: { name: 'faults', rules: [{ reply, ...(fault ? { fault } : {}) }] },
  });
  const model = createOllama({ endpoint: server.url, model: 'qwen3:1b', box: 'walnut', ...options });
  try {
    const ended = await complete(model, ask, runFor(run)).catch((error: unknown) => error);
    return { ended, requests: server.requests };
  } finally {
    await server.stop();
  }
};
const cases = faultCases.filter((one) => one.ollama ?? one.both);
test.each(cases)('$name: its code and remedy, after one request', async (one) => {
  const loadMs =
    one.fault?.kind === 'hang' && one.fault.at === undefined && one.fault.after === undefined ? 150 : 10_000;
  const { ended, requests } = await tryFault(one, ({ url, ...surroundings }) =>
    createOllama({ endpoint: url, model: 'qwen3:1b', box: 'walnut', loadMs, ...surroundings }),
  );
  expect(ended).toMatchObject({ ...one.both, ...one.ollama });
  expect(requests).toHaveLength(one.requests ?? 1);
  if (ended instanceof Error) expect((ended as HiveError).details).toMatchObject({ usage: {}, timing: {}, sent: true });
});

test('a deadline ends the wait for a model that loads', async () => {
  const { ended } = await call({ fault: { kind: 'hang' }, run: { deadline: new Date(Date.now() + 60) } });
  expect(ended).toMatchObject({ code: 'model.timeout', details: { phase: 'total' } });
});

test('silence before the headers is allowed for longer than silence in an answer', async () => {
  const { ended } = await call(
    { fault: { kind: 'slow', ms: 150, at: 'headers' }, run: { idleMs: 40 } },
    { loadMs: 5000 },
  );
  expect(ended).toMatchObject({ type: 'done' });
});

test('a prompt that does not fit is not sent', async () => {
  const { ended, requests } = await call(
    { ask: { ...request, system: [{ text: 'word '.repeat(2000) }] } },
    { numCtx: 2048 },
  );
  expect(ended).toMatchObject({ code: 'model.context_full' });
  expect(requests).toHaveLength(0);
});

test('a port where nobody listens is unreachable, for a call and for a probe', async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  );
  await new Promise((closed) => server.close(closed));
  const endpoint = `http://127.0.0.1:${port}`;
  await expect(complete(createOllama({ endpoint, model: 'm', box: 'b' }), request, runFor())).rejects.toMatchObject({
    code: 'model.unreachable',
    message: expect.stringContaining('ECONNREFUSED') as string,
  });
  await expect(probeBox(endpoint, () => AbortSignal.timeout(2000))).rejects.toMatchObject({
    code: 'model.unreachable',
  });
});

test('counts and durations come from the last record; what is absent is unknown', async () => {
  const { ended } = await call({ reply: { text: 'x', usage: { input: 7, output: 20 } } });
  expect(ended).toMatchObject({
    usage: { input: 7, output: 20, costBasis: 'local' },
    timing: { loadMs: 1, prefillMs: 2, decodeMs: 20, tokensPerS: 1000 },
  });
  const { ended: uncounted } = await call({ reply: { text: 'x', usage: null } });
  expect(uncounted).toMatchObject({ usage: { input: null, output: null } });
});

test('every call says the same context, streams, and keeps the model loaded', async () => {
  const schema = { type: 'object', properties: { a: { type: 'string', maxLength: 20_000 } } };
  const { ended, requests } = await call({
    reply: { json: { a: 'b' } },
    ask: { ...request, seed: 7, output: { name: 'x', schema } },
  });
  expect(ended).toMatchObject({ output: { a: 'b' } });
  expect(requests[0]?.body).toMatchObject({
    model: 'qwen3:1b',
    stream: true,
    keep_alive: '10m',
    format: { properties: { a: { type: 'string' } } },
    options: { num_ctx: 16_384, num_predict: 100, seed: 7 },
  });
  expect(JSON.stringify(requests[0]?.body)).not.toContain('maxLength');
});

test.each(['http://8.8.8.8:11434', 'http://[2001:4860:4860::8888]', 'ftp://127.0.0.1', 'nonsense'])(
  '%s is refused before anything is sent',
  (endpoint) => {
    expect(() => createOllama({ endpoint, model: 'm', box: 'b' })).toThrow(
      expect.objectContaining({ code: 'config.invalid' }),
    );
  },
);

test('a probe tells models, what is loaded, and that the server is a double', async () => {
  const server = await startModelServer({
    scenario: {
      name: 'pool',
      models: [{ name: 'qwen3:1b', size: 1000 }, { name: 'tiny' }],
      rules: [{ reply: { text: 'x' } }],
    },
  });
  expect(await probeBox(server.url, () => AbortSignal.timeout(5000))).toMatchObject({
    models: [
      { name: 'qwen3:1b', size: 1000, digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      { name: 'tiny:latest' },
    ],
    loaded: [],
    double: 'pool',
  });
  await complete(createOllama({ endpoint: server.url, model: 'qwen3:1b', box: 'b', numCtx: 4096 }), request, runFor());
  expect((await probeBox(`${server.url}/`, () => AbortSignal.timeout(5000))).loaded).toMatchObject([
    { name: 'qwen3:1b', sizeVram: 1000, contextTokens: 4096 },
  ]);
  await server.stop();
});
