/**
 * `npx nx bench ollama-bridge`: what the bridge adds to the vendor's client, against a double on this machine.
 *
 *   --calls 2000   --rounds 5   --concurrency 200   --memory-calls 10000   --strict (exits with 1 when a target is not reached)
 */
import { Ollama } from 'ollama';
import { benchClient, type StreamedCall } from '@hive/model-server';
import { createOllama } from './src/index.ts';

const model = 'double';
const prompt = 'Say something long.';

const bare: StreamedCall = async (url, onFirst) => {
  const client = new Ollama({ host: url });
  let pieces = 0;
  for await (const { message } of await client.chat({
    model,
    stream: true,
    messages: [{ role: 'user', content: prompt }],
  }))
    if (message.content !== '' && ++pieces === 1) onFirst();
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
  for await (const chunk of createOllama({ endpoint: url, model, box: 'bench' }).call(request, run))
    if (chunk.type === 'text' && ++pieces === 1) onFirst();
  return pieces;
};

await benchClient('ollama-bridge', { bare, bridge });
