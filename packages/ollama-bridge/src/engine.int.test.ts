import { z } from 'zod';
import { complete, jsonSchemaOf, type Chunk, type ModelRequest, type Run } from '@hive/llm';
import {
  noiseScenario,
  noLlama,
  startEngine,
  startModelServer,
  type Engine,
  type ModelServer,
} from '@hive/model-server';
import { afterAll, beforeAll, expect, test as base } from 'vitest';
import { createOllama } from './index.ts';

// The bridge over tokens, streams and grammars that are real; what the model says is noise.
const missing = await noLlama();
const test = base.skipIf(missing !== null);

let engine: Engine;
let server: ModelServer;
/** How each answer of the engine ended. */
const ends: string[] = [];
beforeAll(async () => {
  if (missing !== null) return;
  engine = await startEngine();
  const speak: Engine['speak'] = async (...asked) => {
    const said = await engine.speak(...asked);
    ends.push(said.stop);
    return said;
  };
  server = await startModelServer({ scenario: noiseScenario, engine: { ...engine, speak } });
});
afterAll(async () => {
  if (missing !== null) return;
  await server.stop();
  await engine.stop();
});

const modelOf = (numCtx?: number) =>
  createOllama({
    endpoint: server.url,
    model: 'noise:129k',
    box: 'walnut',
    ...(numCtx === undefined ? {} : { numCtx }),
  });
const runFor = (signal = new AbortController().signal): Run => ({
  signal,
  deadline: new Date(Date.now() + 240_000),
  idleMs: 120_000,
  correlationId: 'c',
  callId: 'c',
});
const request = (more: Partial<ModelRequest> = {}): ModelRequest => ({
  system: [{ text: 'Be brief.' }],
  messages: [{ role: 'user', parts: [{ text: 'Say hello.' }] }],
  maxTokens: 2000,
  ...more,
});
const Finding = z.strictObject({
  verdict: z.enum(['approve', 'return']),
  certain: z.boolean(),
  // No free number: a grammar allows 1e999, which JSON.parse makes Infinity of and every schema refuses.
  version: z.literal(1),
  notes: z.array(z.strictObject({ path: z.string(), text: z.string() })),
  next: z.union([z.string(), z.null()]),
});
const finding = { name: 'finding', schema: jsonSchemaOf(Finding) };
/** An answer that cannot end before it is cut or given up: 2,000 texts. */
const endless = { name: 'endless', schema: jsonSchemaOf(z.strictObject({ all: z.array(z.string()).min(2000) })) };

test('a text is streamed in pieces that add up to it, and the same seed says the same', async () => {
  const chunks: Chunk[] = [];
  const ask = request({ seed: 3, output: finding });
  const done = await complete(modelOf(), ask, runFor(), (chunk) => chunks.push(chunk));
  const texts = chunks.flatMap((chunk) => (chunk.type === 'text' ? [chunk.text] : []));
  expect(texts.length).toBeGreaterThan(5);
  expect(texts.join('')).toBe(done.text);
  expect(done).toMatchObject({ stop: 'end', double: 'noise', model: 'noise:129k' });
  expect((await complete(modelOf(), ask, runFor())).text).toBe(done.text);
  expect((await complete(modelOf(), { ...ask, seed: 4 }, runFor())).text).not.toBe(done.text);
});

test.for(Array.from({ length: 12 }, (_, seed) => seed))('seed %i: the answer keeps to the schema', async (seed) => {
  const { output, stop } = await complete(modelOf(), request({ seed, output: finding }), runFor());
  expect(stop).toBe('end');
  expect(Finding.safeParse(output).error?.issues ?? []).toEqual([]);
});

test('tokens are counted as the model reads and writes them', async () => {
  const counted = async (text: string) => {
    const messages = [{ role: 'user' as const, parts: [{ text }] }];
    return (await complete(modelOf(), request({ messages, maxTokens: 7, output: endless }), runFor())).usage;
  };
  const [plain, bee] = [await counted('x'), await counted('x🐝')];
  expect(plain.output).toBe(7);
  expect(bee.input).toBe((plain.input ?? 0) + 4);
});

test('an answer that is cut says so', async () => {
  const done = await complete(modelOf(), request({ maxTokens: 7, output: endless }), runFor());
  expect(done).toMatchObject({ stop: 'max_tokens' });
  expect(done.output).toBeUndefined();
});

test('a prompt that the estimate lets through and the tokenizer finds too long is told', async () => {
  // 600 estimated tokens of four characters each are 2,400 real ones.
  const messages = [{ role: 'user' as const, parts: [{ text: 'x7'.repeat(1200) }] }];
  await expect(complete(modelOf(2048), request({ messages, maxTokens: 5 }), runFor())).rejects.toMatchObject({
    code: 'model.context_full',
  });
});

test('who gives up stops the engine, and the next call is answered', async () => {
  const controller = new AbortController();
  const before = ends.length;
  const asked = complete(modelOf(), request({ maxTokens: 14_000, output: endless }), runFor(controller.signal), () =>
    controller.abort(),
  );
  await expect(asked).rejects.toThrow();
  await expect.poll(() => ends[before]).toBe('abort');
  expect((await complete(modelOf(), request({ maxTokens: 3, output: endless }), runFor())).usage.output).toBe(3);
});
