import { expect, test } from 'vitest';
import { authorOf, formatModelRef, parseModelRef } from './index.ts';

test.each([
  ['claude:claude-sonnet-5-5', { provider: 'claude', model: 'claude-sonnet-5-5' }],
  ['ollama:qwen3-coder:30b@walnut', { provider: 'ollama', model: 'qwen3-coder:30b', box: 'walnut' }],
  ['ollama:hf.co/a@b/model:q4@walnut', { provider: 'ollama', model: 'hf.co/a@b/model:q4', box: 'walnut' }],
  ['ollama:tiny', { provider: 'ollama', model: 'tiny' }],
  ['double:fix-dates', { provider: 'double', model: 'fix-dates' }],
])('%s is read and written alike', (text, ref) => {
  expect(parseModelRef(text)).toEqual(ref);
  expect(formatModelRef(parseModelRef(text))).toBe(text);
});

test.each(['', 'claude', 'claude:', 'gpt:x', ':x', 'ollama:@box', 'ollama:tiny@', 'claude:a b', 'claude:a\n'])(
  '%j names no model',
  (text) => {
    expect(() => parseModelRef(text)).toThrow(
      expect.objectContaining({ code: 'config.invalid', remedy: 'fix_config' }),
    );
  },
);

test('what a double says is never a model’s', () => {
  const ref = parseModelRef('ollama:tiny@walnut');
  expect(authorOf(ref, {})).toBe('ollama:tiny@walnut');
  expect(authorOf(ref, { double: 'fix-dates' })).toBe('double:fix-dates');
});
