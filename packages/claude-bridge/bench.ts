/**
 * `npx nx bench claude-bridge`: what the bridge adds to the vendor's client, against a double on this machine.
 *
 *   --calls 2000   --rounds 5   --concurrency 200   --memory-calls 10000   --strict (exits with 1 when a target is not reached)
 */
import Anthropic from '@anthropic-ai/sdk';
import { benchClient, type StreamedCall } from '@hive/model-server';
import { createClaude } from './src/index.ts';

const apiKey = 'bench';
const model = 'double';
const prompt = 'Say something long.';

const bare: StreamedCall = async (url, onFirst) => {
  const client = new Anthropic({ apiKey, authToken: null, baseURL: url, maxRetries: 0, logLevel: 'off' });
  const messages = [{ role: 'user', content: prompt }] as const;
  let pieces = 0;
  for await (const event of await client.messages.create({
    model,
    max_tokens: 500,
    stream: true,
    messages: [...messages],
  }))
    if (event.type === 'content_block_delta' && ++pieces === 1) onFirst();
  return pieces;
};

const bridge: StreamedCall = async (url, onFirst) => {
  const request = { system: [], messages: [{ role: 'user', parts: [{ text: prompt }] }], maxTokens: 500 } as const;
  const run = {
    signal: new AbortController().signal,
    deadline: new Date(Date.now() + 60_000),
    idleMs: 30_000,
    correlationId: 'bench',
    callId: 'bench',
  };
  let pieces = 0;
  for await (const chunk of createClaude({ apiKey, baseURL: url, model }).call(request, run))
    if (chunk.type === 'text' && ++pieces === 1) onFirst();
  return pieces;
};

await benchClient('claude-bridge', { bare, bridge });
