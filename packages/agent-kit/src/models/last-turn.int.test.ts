import { HiveError } from '@hive/errors';
import { streams, type NewEvent } from '@hive/events';
import type { Done, Model, ModelRequest } from '@hive/llm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defineAgent, type Context, type StepHandler, type StepInHand } from '../agent.ts';
import { openHouse, type House } from '../testing/index.ts';
import { callOn } from './call-model.ts';
import { lastTurn } from './last-turn.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const reply: Done = {
  type: 'done',
  stop: 'tool_use',
  text: 'I look.',
  toolCalls: [{ id: 'call_1', name: 'read', input: { path: 'a.txt' } }],
  usage: { input: 4, output: 2, cacheRead: null, cacheWrite: null, costBasis: 'local', source: 'live' },
  timing: { queuedMs: 0, firstTokenMs: 1, decodeMs: 1, totalMs: 2 },
  model: 'tiny',
};

const model: Model = {
  ref: { provider: 'ollama', model: 'tiny', box: 'here' },
  destination: 'nowhere',
  async *call() {
    yield await Promise.resolve(reply);
  },
  capabilities: () => Promise.reject(new Error('not asked')),
  count: () => Promise.resolve({ tokens: 1, exact: false }),
};

const request: ModelRequest = {
  system: [],
  messages: [{ role: 'user', parts: [{ text: 'Hello' }] }],
  maxTokens: 10,
};

/** Lets one claim after the other end like this, and answers the turn that each of them found. */
const claims = async (
  ...endings: ((step: StepInHand) => Awaited<ReturnType<StepHandler<unknown>>>)[]
): Promise<unknown[]> => {
  const found: unknown[] = [];
  const over = Promise.withResolvers<void>();
  const [taskId = ''] = await house.begin({ repo: '/nowhere', base: '1'.repeat(40) }, {});
  const work = async (step: StepInHand, ctx: Context) => {
    found.push(await lastTurn('worker', step, ctx));
    const end = endings[found.length - 1];
    if (!end) {
      over.resolve();
      const data = { taskId, ...step.mark, code: 'patch.empty', reason: '' } as const;
      return [{ type: 'task.refused', stream: streams.task(taskId), data }] satisfies NewEvent[];
    }
    await callOn(model, { role: 'worker', request }, step, ctx);
    return end(step);
  };
  await house.start(defineAgent({ name: 'worker', steps: { work } }));
  await house.enqueue(taskId, 'work', { maxAttempts: 5 });
  await over.promise;
  return found;
};

const again = () => ({ snoozeMs: 0, reason: 'its process is gone' });
const failing = (code: 'model.bad_output' | 'model.unreachable') => () => {
  throw new HiveError(code, 'no', { remedy: 'retry' });
};

test('a claim finds the turn that the one before it has paid for', async () => {
  expect(await claims(again)).toEqual([null, { request, done: reply, author: 'ollama:tiny@here', served: null }]);
});

test('a box that went away does not end the conversation, a bad answer does', async () => {
  expect(await claims(failing('model.unreachable'), failing('model.bad_output'))).toEqual([
    null,
    { request, done: reply, author: 'ollama:tiny@here', served: null },
    null,
  ]);
});
