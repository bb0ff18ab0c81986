import { expect, test } from 'vitest';
import { replyOf } from './tool-calls.ts';

test('the calls of a reply are told by their tool and what they are about', () => {
  const toolCalls = [
    { name: 'read', input: { path: 'src/a.js', from: 3, to: 9 } },
    { name: 'check', input: { name: 'test' } },
    { name: 'write', input: { path: 'b.js', content: 'x'.repeat(1000) } },
  ];
  expect(replyOf(JSON.stringify({ text: 'I look first', toolCalls }))).toEqual({
    text: 'I look first',
    calls: [
      { name: 'read', about: 'src/a.js from 3 to 9' },
      { name: 'check', about: 'test' },
      { name: 'write', about: 'b.js' },
    ],
  });
});

test.each(['', 'null', '3', '{"toolCalls":{}}', '{"toolCalls":[null,3,{"name":4}]}', '{"text":{}}'])(
  '%s breaks nothing',
  (json) => {
    expect(replyOf(json)?.calls ?? []).toEqual([]);
  },
);
