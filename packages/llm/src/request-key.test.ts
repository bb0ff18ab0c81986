import { expect, test } from 'vitest';
import { canonicalJson, requestKey, type ModelRequest } from './index.ts';

const request: ModelRequest = {
  system: [{ text: 'a' }],
  messages: [{ role: 'user', parts: [{ text: 'b' }] }],
  maxTokens: 1,
};
const keyOf = (given: Partial<ModelRequest>, model = 'ollama:tiny') =>
  requestKey({ ...request, ...given }, { model, sha256: (text) => text });

test('keys are sorted, undefined is absent, and order in lists stays', () => {
  expect(canonicalJson({ b: [2, 1, null], a: { d: 'ü', c: undefined } })).toBe('{"a":{"d":"ü"},"b":[2,1,null]}');
});

test.each<[string, Partial<ModelRequest>]>([
  ['the system prompt', { system: [{ text: 'z' }] }],
  ['a message', { messages: [{ role: 'assistant', parts: [{ text: 'b' }] }] }],
  ['the seed', { seed: 2 }],
  ['the limit', { maxTokens: 2 }],
  ['the schema', { output: { name: 'x', schema: { type: 'object' } } }],
  ['a tool', { tools: [{ name: 'x', description: '', schema: {} }] }],
])('%s makes another key', (_, given) => {
  expect(keyOf(given)).not.toBe(keyOf({}));
});

test('how a prompt is cached and where its parts are from does not', () => {
  expect(keyOf({ cache: 'long', system: [{ text: 'a', cacheBreak: true, from: { repo: 'r', path: 'p' } }] })).toBe(
    keyOf({}),
  );
  expect(keyOf({}, 'ollama:other')).not.toBe(keyOf({}));
});
