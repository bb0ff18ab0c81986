import { expect, test } from 'vitest';
import { policyOver, type Policy } from './policy.ts';

test('the rules of a repository are laid over the general ones, section by section', () => {
  // The sections have their keys elsewhere; what matters here is that none is lost.
  const general = { proof: { a: 1, b: 1 }, merge: { c: 1 } } as unknown as Policy;
  const own = { proof: { b: 2 }, review: { d: 2 } } as unknown as Policy;
  expect(policyOver(general, own)).toEqual({ proof: { a: 1, b: 2 }, merge: { c: 1 }, review: { d: 2 } });
  expect(policyOver(general, {})).toEqual(general);
});
