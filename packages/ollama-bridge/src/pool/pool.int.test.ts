import { complete } from '@hive/llm';
import { startModelServer } from '@hive/model-server';
import { expect, onTestFinished, test } from 'vitest';
import { createOllama } from '../create-ollama.ts';
import { aCall } from '../routing/testing.ts';
import { createLocalPlaces } from './places.ts';
import { createPool } from './pool.ts';

const gigabyte = 1e9;
const models = ['one:7b', 'two:7b'].map((name) => ({ name, size: 6 * gigabyte }));

/** A double with room for one of the two models at a time, that takes 0.1 s to load one. */
const startBox = async (name: string) => {
  const server = await startModelServer({
    scenario: {
      name,
      models,
      box: { vram: 10 * gigabyte, loadBytesPerS: 60 * gigabyte, slots: 1 },
      rules: [{ reply: { text: 'Well done, all of it.' } }],
    },
  });
  onTestFinished(() => server.stop());
  return { name, endpoint: server.url, maxInFlight: 1, memoryBytes: 10 * gigabyte, server };
};

const call = (callId: string, model: string) =>
  aCall({ callId, turnOf: callId, candidates: [{ model }], promptTokens: 10, outputTokens: 6, maxTokens: 50 });

const ask = async (
  pool: ReturnType<typeof createPool>,
  places: ReturnType<typeof createLocalPlaces>,
  id: string,
  name: string,
) => {
  const signal = new AbortController().signal;
  const place = await pool.take(call(id, name), { places, signal });
  const { endpoint, box, model, numCtx } = place;
  const run = { signal, deadline: new Date(Date.now() + 30_000), idleMs: 10_000, correlationId: id, callId: id };
  const request = { system: [], messages: [{ role: 'user', parts: [{ text: 'Do it' }] }], maxTokens: 50 } as const;
  const done = await complete(createOllama({ endpoint, box, model, numCtx }), request, run);
  await place.end({ done });
  return { box, model };
};

test('two models that are asked in turns do not throw each other out', async () => {
  const boxes = [await startBox('ash'), await startBox('elm'), await startBox('oak')];
  const pool = createPool({ boxes });
  onTestFinished(() => pool.stop());
  const places = createLocalPlaces();
  const asked = Array.from({ length: 40 }, (_, n) => ask(pool, places, `c${n}`, n % 2 ? 'one:7b' : 'two:7b'));
  const answers = await Promise.all(asked);
  expect(answers).toHaveLength(40);
  const loads = boxes.flatMap(({ server }) => server.loads.map(({ model }) => model));
  for (const { name } of models) {
    const ofModel = loads.filter((it) => it === name).length;
    expect(ofModel).toBeGreaterThan(0);
    expect(ofModel).toBeLessThanOrEqual(2);
  }
  expect((await places.read()).placed).toEqual([]);
});

test('every call of a model says the same context, so none is loaded again for it', async () => {
  const box = await startBox('ash');
  const pool = createPool({ boxes: [box], contexts: { byModel: { 'one:7b': 8192 }, fallback: 4096 } });
  onTestFinished(() => pool.stop());
  const places = createLocalPlaces();
  for (let n = 0; n < 5; n++) await ask(pool, places, `c${n}`, 'one:7b');
  expect(box.server.loads).toEqual([{ model: 'one:7b', numCtx: 8192 }]);
});
