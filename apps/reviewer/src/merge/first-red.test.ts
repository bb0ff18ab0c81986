import { expect, test } from 'vitest';
import { firstRed } from './first-red.ts';

test.each([2, 3, 4, 5, 7, 8, 16, 32])(
  'of %i changes the first red one is found in at most the logarithm of looks',
  async (all) => {
    for (let culprit = 1; culprit <= all; culprit++) {
      const asked: number[] = [];
      const check = (first: number) => {
        asked.push(first);
        return Promise.resolve({ code: first >= culprit ? 'checks.red' : null, first });
      };
      const found = await firstRed(all, { code: 'checks.red', first: all }, check);
      expect(found.green).toBe(culprit - 1);
      expect(found.last?.first ?? 0).toBe(culprit - 1);
      expect(found.because.first).toBe(culprit);
      expect(asked.length).toBeLessThanOrEqual(Math.ceil(Math.log2(all)));
    }
  },
);
