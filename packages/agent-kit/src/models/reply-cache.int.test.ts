import { rmSync, utimesSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { streams, type NewEvent } from '@hive/events';
import type { Done, Model, ModelRequest } from '@hive/llm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defineAgent, type Context, type StepInHand } from '../agent.ts';
import { openHouse, type House } from '../testing/index.ts';
import { takeTurn } from './take-turn.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const usage = {
  input: 40,
  output: 2,
  cacheRead: null,
  cacheWrite: null,
  costUsd: 0.5,
  costBasis: 'list',
  source: 'live',
} as const;

/** A model that counts its answers. */
const counting = (name = 'tiny'): Model & { called: number } => ({
  called: 0,
  ref: { provider: 'ollama', model: name, box: 'here' },
  destination: 'nowhere',
  async *call() {
    const timing = { queuedMs: 0, firstTokenMs: 1, decodeMs: 1, totalMs: 2 };
    this.called += 1;
    const text = `answer ${this.called}`;
    yield await Promise.resolve<Done>({ type: 'done', stop: 'end', text, toolCalls: [], usage, timing, model: name });
  },
  capabilities: () => Promise.reject(new Error('not asked')),
  count: () => Promise.resolve({ tokens: 1, exact: false }),
});

const question = (text: string, more: Partial<ModelRequest> = {}): ModelRequest => ({
  system: [],
  messages: [{ role: 'user', parts: [{ text }] }],
  maxTokens: 10,
  temperature: 0,
  ...more,
});

/** Asks these, one after the other, on behalf of a task of its own. */
const ask = async (model: Model, requests: readonly ModelRequest[], reuse?: 'same'): Promise<string[]> => {
  const said: string[] = [];
  const over = Promise.withResolvers<void>();
  const [taskId = ''] = await house.begin({ repo: '/nowhere', base: '1'.repeat(40) }, {});
  const work = async (step: StepInHand, ctx: Context): Promise<NewEvent[]> => {
    const wanted = { role: 'worker', ref: null, localOnly: false } as const;
    for (const request of requests) {
      const turn = { wanted, request, ...(reuse && { reuse }) };
      const turned = await takeTurn(turn, step, ctx, () => Promise.resolve({ model, hasNext: false }));
      said.push(turned.done.text);
    }
    over.resolve();
    const data = { taskId, ...step.mark, code: 'patch.empty', reason: '' } as const;
    return [{ type: 'task.refused', stream: streams.task(taskId), data }];
  };
  const agent = await house.start(defineAgent({ name: 'worker', steps: { work } }));
  await house.enqueue(taskId, 'work');
  await over.promise;
  await agent.drain();
  return said;
};
const calls = async () =>
  (await house.store.events({ types: ['model.called'], limit: 10 })).events.map(({ data }) => data);

test('the same question at temperature 0 is answered from what was said, and the event says so', async () => {
  const model = counting();
  expect(await ask(model, [question('How many?')], 'same')).toEqual(['answer 1']);
  expect(await ask(model, [question('How many?')], 'same')).toEqual(['answer 1']);
  const [first, second] = await calls();
  expect(first).toMatchObject({ source: 'live', costUsd: 0.5 });
  expect(second).toMatchObject({
    source: 'cache',
    costUsd: 0,
    destination: 'cache',
    answers: (first as { callId: string }).callId,
    key: (first as { key: string }).key,
  });
  expect(await house.broken()).toEqual([]);
});

test('another question, another model, chance, and a second question of the same task are answered anew', async () => {
  const model = counting();
  await ask(model, [question('How many?'), question('How many?')], 'same');
  expect(model.called).toBe(2);
  await ask(model, [question('How few?'), question('How many?', { seed: 1 })], 'same');
  expect(model.called).toBe(4);
  expect(await ask(counting('other'), [question('How many?')], 'same')).toEqual(['answer 1']);
  await ask(model, [question('How many?', { temperature: 0.2 })], 'same');
  expect(model.called).toBe(5);
});

test('nothing is used again unless somebody says so, nor when it is old, nor when its reply is gone', async () => {
  const model = counting();
  await ask(model, [question('How many?')]);
  await ask(model, [question('How many?')]);
  expect(model.called).toBe(2);
  await ask(model, [question('How many?')], 'same');
  const [file = ''] = readdirSync(join(house.config.home, 'replies'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.length > 60,
  );
  const old = new Date(Date.now() - 25 * 3_600_000);
  utimesSync(join(house.config.home, 'replies', file), old, old);
  await ask(model, [question('How many?')], 'same');
  expect(model.called).toBe(4);
  rmSync(join(house.config.home, 'artefacts'), { recursive: true });
  await ask(model, [question('How many?')], 'same');
  expect(model.called).toBe(5);
});
