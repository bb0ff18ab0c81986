import { expect, test } from 'vitest';
import { policyOver } from './policy.ts';
import { afterFindings, ReviewPolicy, reviewRuleNames, reviewRules } from './review-policy.ts';

test('what is held for a model is mostly noted for a person, but for secrets and what does not show', () => {
  const { actionOf } = reviewRules();
  expect(actionOf('dependency.new', 'ollama:x')).toBe('ask');
  expect(actionOf('dependency.new', 'human')).toBe('note');
  expect(reviewRuleNames.filter((rule) => actionOf(rule, 'human') === 'refuse-or-return')).toEqual([
    'secrets.added',
    'text.invisible',
    'text.conflict_markers',
    'file.symlink_out',
  ]);
});

test('a policy says what is done by rule, for all or for one kind of author', () => {
  const policy = ReviewPolicy.parse({
    rules: { 'dependency.new': 'off', 'size.over': { others: 'ask' } },
    size: { lines: 10 },
  });
  const { actionOf, size } = reviewRules(policy);
  expect(actionOf('dependency.new', 'claude:x')).toBe('off');
  expect(actionOf('size.over', 'tool')).toBe('ask');
  expect(actionOf('size.over', 'double:x')).toBe('ask');
  expect(size).toEqual({ lines: 10, files: 200, bytes: 1_000_000 });
  expect(ReviewPolicy.safeParse({ rules: { 'no.such': 'off' } }).success).toBe(false);
});

test('the rules of a repository are laid over the general ones rule by rule', () => {
  const general = { review: { rules: { 'file.binary': 'off', 'size.over': 'off' }, returns: 1 } } as const;
  const own = { review: { rules: { 'size.over': 'ask' } } } as const;
  expect(policyOver(general, own)).toEqual({
    review: { rules: { 'file.binary': 'off', 'size.over': 'ask' }, returns: 1 },
  });
});

test('a model gets its change back so often, or as often as its list has attempts; then the policy decides', () => {
  const after = (author: string | null, returns: number, policy?: ReviewPolicy, turns?: number) =>
    afterFindings({ author, returns }, { rules: reviewRules(policy), ...(turns !== undefined && { turns }) });
  expect([0, 2, 3].map((returns) => after('ollama:x', returns))).toEqual(['return', 'return', 'refuse']);
  expect(after('ollama:x', 4, {}, 6)).toBe('return');
  expect(after('ollama:x', 5, {}, 6)).toBe('refuse');
  expect(after('ollama:x', 0, { returns: 0, then: 'ask' })).toBe('ask');
  for (const author of ['human', 'tool', 'oracle', null]) expect(after(author, 0, { then: 'ask' })).toBe('refuse');
});
