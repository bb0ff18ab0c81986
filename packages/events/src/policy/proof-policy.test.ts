import { expect, test } from 'vitest';
import { ProofPolicy, proofRules } from './proof-policy.ts';

test('what a proof policy does not say has its default', () => {
  expect(proofRules()).toEqual({
    repeat: 1,
    secondOpinion: 'models',
    otherHost: 'prefer',
    mutants: { budgetS: 0, atLeast: 0 },
  });
  expect(proofRules(ProofPolicy.parse({ repeat: 3, mutants: { atLeast: 0.8 } }))).toEqual({
    repeat: 3,
    secondOpinion: 'models',
    otherHost: 'prefer',
    mutants: { budgetS: 60, atLeast: 0.8 },
  });
});

test('a share of mutants cannot be asked for without time for them', () => {
  expect(ProofPolicy.safeParse({ mutants: { budgetS: 0, atLeast: 0.5 } }).success).toBe(false);
  expect(ProofPolicy.safeParse({ mutants: { budgetS: 0 } }).success).toBe(true);
});
