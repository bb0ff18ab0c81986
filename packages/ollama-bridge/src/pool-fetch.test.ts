import { expect, test, vi } from 'vitest';
import { complete } from '@hive/llm';
import { createOllama } from './index.ts';

vi.mock('node:dns', () => ({
  lookup: (
    _name: string,
    _options: object,
    done: (error: null, addresses: { address: string; family: number }[]) => void,
  ) =>
    done(null, [
      { address: '127.0.0.1', family: 4 },
      { address: '203.0.113.5', family: 4 },
    ]),
}));

test('a name that leads out of the private network gets no plain http', async () => {
  const model = createOllama({ endpoint: 'http://walnut.example:11434', model: 'm', box: 'b' });
  const run = {
    signal: new AbortController().signal,
    deadline: new Date(Date.now() + 5000),
    idleMs: 5000,
    correlationId: 'c',
    callId: 'c',
  };
  await expect(complete(model, { system: [], messages: [], maxTokens: 1 }, run)).rejects.toMatchObject({
    code: 'config.invalid',
    message: expect.stringContaining('use https for walnut.example') as string,
  });
});
