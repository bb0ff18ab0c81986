import { HiveError } from '@hive/errors';
import { streams, type NewEvent, type Submission } from '@hive/events';
import type { Done, Model } from '@hive/llm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { defineAgent, type Context, type StepInHand } from '../agent.ts';
import { openHouse, type House } from '../testing/index.ts';
import { askOn } from './ask-model.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

/** A model that is called and says these texts, one after the other, each for six tokens. */
const modelThatSays = (...texts: string[]): Model & { called: number } => ({
  called: 0,
  ref: { provider: 'ollama', model: 'tiny', box: 'here' },
  destination: 'nowhere',
  async *call() {
    const text = texts[this.called++] ?? '';
    let output: unknown;
    try {
      output = JSON.parse(text);
    } catch {
      output = undefined;
    }
    const usage = {
      input: 4,
      output: 2,
      cacheRead: null,
      cacheWrite: null,
      costBasis: 'local',
      source: 'live',
    } as const;
    const timing = { queuedMs: 0, firstTokenMs: 1, decodeMs: 1, totalMs: 2 };
    yield await Promise.resolve<Done>({
      type: 'done',
      stop: 'end',
      text,
      toolCalls: [],
      output,
      usage,
      timing,
      model: 'tiny',
    });
  },
  capabilities: () => Promise.reject(new Error('not asked')),
  count: () => Promise.resolve({ tokens: 1, exact: false }),
});

const request = { system: [], messages: [{ role: 'user', parts: [{ text: 'How many?' }] }], maxTokens: 10 } as const;

/** Asks so often under one claim; answers what the last question came to, or the code that it was refused with. */
const ask = async (
  model: Model,
  { times, budget }: { times: number; budget: Submission['budget'] },
): Promise<unknown> => {
  const end = Promise.withResolvers<unknown>();
  const [taskId = ''] = await house.begin({ repo: '/nowhere', base: '1'.repeat(40), budget }, {});
  const work = async (step: StepInHand, ctx: Context): Promise<NewEvent[]> => {
    try {
      let value: unknown;
      for (let n = 0; n < times; n++) {
        const question = { role: 'worker', name: 'number', schema: z.object({ n: z.int() }), request } as const;
        ({ value } = await askOn(model, question, step, ctx));
      }
      end.resolve(value);
    } catch (error) {
      end.resolve(error instanceof HiveError ? error.code : error);
      throw error;
    }
    return [
      {
        type: 'task.refused',
        stream: streams.task(taskId),
        data: { taskId, ...step.mark, code: 'patch.empty', reason: '' },
      },
    ];
  };
  await house.start(defineAgent({ name: 'worker', steps: { work } }));
  await house.enqueue(taskId, 'work', { maxAttempts: 1 });
  return end.promise;
};

const calls = async () => (await house.store.events({ types: ['model.called'], limit: 10 })).events;

test('nobody is called once the budget is used up', async () => {
  const model = modelThatSays('{"n":1}', '{"n":2}', '{"n":3}');
  expect(await ask(model, { times: 3, budget: { tokens: 12 } })).toBe('budget.exhausted');
  expect([model.called, (await calls()).length]).toEqual([2, 2]);
});

test('nobody is called for a repair once the budget is used up', async () => {
  const model = modelThatSays('one', '{"n":1}');
  expect(await ask(model, { times: 1, budget: { tokens: 6 } })).toBe('budget.exhausted');
  expect(model.called).toBe(1);
});

test('each call is charged once, under a name of its own', async () => {
  const model = modelThatSays('one', '{"n":1}', '{"n":2}');
  expect(await ask(model, { times: 2, budget: null })).toEqual({ n: 2 });
  const charged = await calls();
  expect(charged.map((it) => it.stream)).toEqual(
    charged.map((it) => it.type === 'model.called' && `call/${it.data.callId}`),
  );
  expect(new Set(charged.map((it) => it.stream)).size).toBe(3);
  expect(await house.broken()).toEqual([]);
});

test('a call that was made is charged once, though its claim was lost meanwhile', async () => {
  const model = modelThatSays('{"n":1}');
  const cancelled: Model = {
    ...model,
    async *call(...given) {
      const [task] = await house.store.listHeads({ kind: 'task', limit: 1 });
      const taskId = task?.id ?? '';
      await house.tell(taskId, { type: 'task.cancelled', stream: streams.task(taskId), data: { taskId } });
      yield* model.call(...given);
    },
  };
  expect(await ask(cancelled, { times: 1, budget: null })).toBe('lease.lost');
  expect(await calls()).toHaveLength(1);
});
