import { expect, test } from 'vitest';
import { MergePolicy, mergeRules } from './merge-policy.ts';

test('what a merge policy does not say has its default', () => {
  expect(mergeRules()).toEqual({ strategy: 'rebase', batch: 8 });
  expect(mergeRules(MergePolicy.parse({ strategy: 'merge', batch: 1 }))).toEqual({ strategy: 'merge', batch: 1 });
});
