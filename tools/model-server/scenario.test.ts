import { expect, test } from 'vitest';
import { startModelServer } from './index.ts';
import { createChooser, parseScenario, type Rule } from './scenario.ts';

test.each<[unknown, string]>([
  [[], 'The scenario must be an object'],
  [{ rules: [] }, 'The scenario needs a name'],
  [{ name: 'x' }, 'The scenario needs a list of rules'],
  [{ name: 'x', rules: [{}] }, 'Rule 1 has neither a reply nor a fault'],
  [
    { name: 'x', rules: [{ replies: {} }] },
    'Rule 1 has the unknown key replies; known are path, model, contains, prompt, call, reply, fault',
  ],
  [{ name: 'x', rules: [{ reply: { texts: '' } }] }, 'The reply of rule 1 has the unknown key texts'],
  [{ name: 'x', rules: [{ fault: { kind: 'explode' } }] }, 'Rule 1 has the unknown fault explode'],
])('%j is no scenario', (data, message) => {
  expect(() => parseScenario(data)).toThrow(message);
});

test('the first rule that fits answers; `call` counts what fits the rest of its rule', () => {
  const rules: Rule[] = [
    { contains: 'plan', call: 2, reply: { text: 'second plan' } },
    { contains: 'plan', reply: { text: 'plan' } },
    { model: 'qwen3*', reply: { text: 'any qwen' } },
    { model: 'tiny', call: 1, reply: { text: 'tiny once' } },
  ];
  const choose = createChooser(rules);
  const ask = (model: string, prompt: string) => {
    const reply = choose({ model, prompt })?.reply;
    return typeof reply === 'object' ? reply.text : undefined;
  };
  expect(['a plan', 'hi', 'a plan', 'a plan'].map((prompt) => ask('qwen3:30b', prompt))).toEqual([
    'plan',
    'any qwen',
    'second plan',
    'plan',
  ]);
  expect([ask('tiny:latest', 'hi'), ask('tiny', 'hi')]).toEqual(['tiny once', undefined]);
});

test.each(['0.0.0.0', '192.168.1.5', '::', 'example.com'])('it does not bind to %s', async (host) => {
  await expect(startModelServer({ scenario: { name: 'x', rules: [] }, host })).rejects.toThrow('loopback only');
});

test('the same requests in the same order get the same bytes', async () => {
  const answers = async () => {
    const server = await startModelServer({
      scenario: { name: 'x', rules: [{ reply: { text: 'Hello', toolCalls: [{ name: 'read' }] } }] },
    });
    const body = JSON.stringify({
      model: 'm',
      max_tokens: 9,
      stream: true,
      messages: [{ role: 'user', content: 'hi' }],
    });
    const texts: string[] = [];
    for (const path of ['/v1/messages', '/api/chat', '/v1/messages']) {
      const response = await fetch(server.url + path, {
        method: 'POST',
        headers: { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' },
        body,
      });
      texts.push(await response.text());
    }
    await server.stop();
    return texts;
  };
  expect(await answers()).toEqual(await answers());
});
