import { expect, test } from 'vitest';
import { z } from 'zod';
import { HiveError } from '@hive/errors';
import { askFor, jsonSchemaOf, type AskedCall, type Model, type Run } from './index.ts';

const run: Run = {
  signal: new AbortController().signal,
  deadline: new Date(0),
  idleMs: 1,
  correlationId: 'c',
  callId: 'c',
};
const failing: Model = {
  ref: { provider: 'ollama', model: 'tiny' },
  destination: 'nowhere',
  call: () => {
    throw new HiveError('model.overloaded', 'busy', { remedy: 'retry' });
  },
  capabilities: () => Promise.reject(new Error('not asked')),
  count: () => Promise.reject(new Error('not asked')),
};
const request = { system: [], messages: [], maxTokens: 1 };

test('a call that failed is told as well, before the error is thrown', async () => {
  const calls: AskedCall[] = [];
  const answer = askFor(
    failing,
    { name: 'x', schema: z.string(), request, onCall: (call) => void calls.push(call) },
    run,
  );
  await expect(answer).rejects.toMatchObject({ code: 'model.overloaded' });
  expect(calls).toMatchObject([{ turn: 1, error: { code: 'model.overloaded' } }]);
});

test('the schema that is sent is what the model has to write, without a dialect', () => {
  const schema = z.strictObject({ n: z.int().max(9), text: z.string().transform((text) => text.length) });
  expect(jsonSchemaOf(schema)).toMatchObject({
    type: 'object',
    properties: { n: { type: 'integer', maximum: 9 }, text: { type: 'string' } },
    additionalProperties: false,
  });
  expect(jsonSchemaOf(schema)).not.toHaveProperty('$schema');
});

test('a text that no event can hold is repaired like any other mistake', async () => {
  const outputs = ['a\u0000', 'b\ud83d', 'c'];
  const asked: (string | undefined)[] = [];
  const model: Model = {
    ...failing,
    async *call(given) {
      asked.push(given.messages.at(-1)?.parts[0]?.text);
      yield {
        ...{ type: 'done', stop: 'end', text: '', toolCalls: [], model: 'tiny' },
        ...{ output: { texts: ['fine', outputs.shift()] } },
        usage: { input: 1, cacheRead: 0, cacheWrite: 0, output: 1, costBasis: 'unknown', source: 'live' },
        timing: { queuedMs: 0, firstTokenMs: null, decodeMs: 0, totalMs: 0 },
      };
    },
  };
  const question = { name: 'x', schema: z.object({ texts: z.array(z.string()) }), request };
  await expect(askFor(model, question, run)).rejects.toMatchObject({ code: 'model.bad_output' });
  expect(asked[1]).toContain('A text holds a NUL or half of a surrogate pair, at texts.1.');
  expect((await askFor(model, question, run)).value).toEqual({ texts: ['fine', 'c'] });
});
