import { expect, test } from 'vitest';
import { createPairCodes } from './pair-codes.ts';

test('a code works once', () => {
  const codes = createPairCodes();
  const { code } = codes.issue();
  expect([codes.redeem(code), codes.redeem(code)]).toEqual([{ role: 'owner', name: null }, null]);
});

test('a code is void after two minutes', () => {
  let now = 0;
  const codes = createPairCodes(() => now);
  const { code } = codes.issue();
  now += 120_000;
  expect(codes.redeem(code)).toBeNull();
});

test('five wrong codes void the right one', () => {
  const codes = createPairCodes();
  const { code } = codes.issue();
  for (let n = 0; n < 4; n++) codes.redeem('guess');
  expect(codes.redeem(code)?.role).toBe('owner');
  const { code: second } = codes.issue();
  for (let n = 0; n < 5; n++) codes.redeem('guess');
  expect(codes.redeem(second)).toBeNull();
});

test('a code gives the role and the name that it was made for', () => {
  const codes = createPairCodes();
  const gives = { role: 'viewer', name: 'Kitchen tablet' } as const;
  expect(codes.redeem(codes.issue(gives).code)).toEqual(gives);
});
