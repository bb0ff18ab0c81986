import { expect, test } from 'vitest';
import { awayMs, backoffMs } from './backoff.ts';

const failures = [0, 1, 2, 5, 10, 1000];

test.each([
  ['the next attempt', backoffMs, 60_000],
  ['a store that is away', awayMs, 2_000],
] as const)('the wait for %s grows, ends at its cap, and is spread over all of itself', (_, wait, capMs) => {
  const longest = failures.map((it) => wait(it, 1));
  expect(longest).toEqual(longest.toSorted((a, b) => a - b));
  expect(new Set(longest).size).toBeGreaterThan(3);
  expect(longest.at(-1)).toBe(capMs);
  for (const [i, full] of longest.entries())
    expect([0, 0.25, 0.5].map((random) => wait(failures[i] ?? 0, random))).toEqual(
      [0, 0.25, 0.5].map((random) => Math.round(full * random)),
    );
});
