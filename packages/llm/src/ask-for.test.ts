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
