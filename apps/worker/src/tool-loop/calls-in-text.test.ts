import { expect, test } from 'vitest';
import { callsInText } from './calls-in-text.ts';

const call = { name: 'read', input: { path: 'a.js' } };
const json = '{"name": "read", "arguments": {"path": "a.js"}}';

test.each([
  ['alone', json],
  ['with other words for its input', '{"name":"read","parameters":{"path":"a.js"}}'],
  ['in a fence, after a word', `I will read it.\n\`\`\`json\n${json}\n\`\`\`\n`],
  ['in tags', `<think>hm</think>\n<tool_call>\n${json}\n</tool_call>`],
  ['in a list', `[${json}]`],
])('a call that is written %s is a call', (_, text) => {
  expect(callsInText(text)).toEqual([call]);
});

test('several are several, in their order', () => {
  const other = '{"name":"finish","arguments":{"summary":"x"}}';
  expect(callsInText(`<tool_call>${json}</tool_call><tool_call>${other}</tool_call>`).map(({ name }) => name)).toEqual([
    'read',
    'finish',
  ]);
});

test.each([
  ['prose', 'I would read a.js.'],
  ['half a call', json.slice(0, -4)],
  ['other JSON', '{"files": [], "summary": "x"}'],
  ['a call without input', '{"name":"read"}'],
  ['a list in part', `[${json}, 1]`],
  ['nothing', ''],
])('%s is no call', (_, text) => {
  expect(callsInText(text)).toEqual([]);
});
