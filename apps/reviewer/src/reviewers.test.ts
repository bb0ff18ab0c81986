import { expect, test } from 'vitest';
import { reviewersOf } from './reviewers.ts';

const reviewer = ['ollama:qwen:30b@walnut', 'claude:claude-x', 'ollama:qwen:30b@oak', 'claude:claude-x'];
const of = (author: string, { model = null, worker = [] }: { model?: string | null; worker?: string[] } = {}) =>
  reviewersOf({ author, spec: {} as never }, { model }, { worker, reviewer });

test('the model that wrote a change does not review it, on no box', () => {
  expect(of('ollama:qwen:30b@ash')).toEqual(['claude:claude-x']);
  expect(of('claude:claude-x')).toEqual(['ollama:qwen:30b@walnut', 'ollama:qwen:30b@oak']);
});

test('what a person, a tool or another model wrote is reviewed by all', () => {
  const all = ['ollama:qwen:30b@walnut', 'claude:claude-x', 'ollama:qwen:30b@oak'];
  for (const author of ['human', 'tool', 'oracle', 'ollama:gemma']) expect(of(author)).toEqual(all);
});

test('whoever a double may have stood in for counts as its author', () => {
  expect(of('double:x', { model: 'ollama:qwen:30b' })).toEqual(['claude:claude-x']);
  expect(of('double:x', { worker: ['claude:claude-x', 'ollama:qwen:30b'] })).toEqual([]);
});
