import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { complete, type ModelRequest, type Run } from '@hive/llm';
import { createOllama, probeBox } from './index.ts';

// Servers of others speak Ollama's chat and list of models, and little else: they tell no version, no digests and not what is loaded.
let server: Server;
let endpoint = '';
beforeAll(async () => {
  server = createServer((request, response) => {
    const say = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
    if (request.url === '/api/tags')
      return say(200, { models: ['a', 'b'].map((name) => ({ name, model: name, size: 0, digest: '' })) });
    if (request.url !== '/api/chat') return say(404, { error: { message: 'Not found', type: 'not_found' } });
    let asked = '';
    request.on('data', (piece: Buffer) => (asked += piece.toString()));
    return request.on('end', () => {
      if (asked.includes('busy')) return say(529, { error: { message: 'Try later', type: 'overloaded_error' } });
      if (asked.includes('long')) return say(529, { error: { message: `${'x'.repeat(499)}😀 later` } });
      if (asked.includes('strange')) return say(404, { error: { message: 'No fixture matched' } });
      return say(200, {
        model: 'a',
        message: { role: 'assistant', content: 'Hello' },
        done: true,
        done_reason: 'stop',
      });
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((closed) => server.close(closed)));

const ask = (text: string) => {
  const request: ModelRequest = { system: [], messages: [{ role: 'user', parts: [{ text }] }], maxTokens: 100 };
  const run: Run = {
    signal: new AbortController().signal,
    deadline: new Date(Date.now() + 20_000),
    idleMs: 10_000,
    correlationId: 'c',
    callId: 'c',
  };
  return complete(createOllama({ endpoint, model: 'a', box: 'walnut' }), request, run);
};

test('a server that only lists its models is a box; models without a digest are told apart by their names', async () => {
  expect(await probeBox(endpoint, () => AbortSignal.timeout(10_000))).toEqual({
    version: null,
    models: [
      { name: 'a', digest: 'a', size: 0 },
      { name: 'b', digest: 'b', size: 0 },
    ],
    loaded: [],
  });
  expect(await ask('hello')).toMatchObject({ text: 'Hello', usage: { input: null, output: null } });
});

test('an error in the shape of other protocols is quoted, and a path that is not there is no missing model', async () => {
  await expect(ask('busy')).rejects.toMatchObject({
    code: 'model.overloaded',
    message: expect.stringContaining('Try later') as string,
  });
  const long = await ask('long').catch((error: unknown) => error as Error);
  expect((long as Error).message).toMatch(/x{499}$/);
  const strange = await ask('strange').catch((error: unknown) => error as Error);
  expect(strange).toMatchObject({ code: 'model.unknown', remedy: 'fix_config' });
  expect((strange as Error).message).toContain('No fixture matched');
  expect((strange as Error).message).not.toContain('ollama pull');
});
