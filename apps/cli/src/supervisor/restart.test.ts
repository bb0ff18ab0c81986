import { expect, test } from 'vitest';
import { recentDeaths, restartAfter } from './restart.ts';

test('the first restart comes within 250 ms, the others slower and slower', () => {
  const delays = [1, 2, 3, 4].map((deaths) => restartAfter(deaths).delayMs);
  expect(delays[0]).toBeLessThanOrEqual(250);
  expect(delays).toEqual([...delays].sort((a, b) => a - b));
  expect(new Set(delays).size).toBe(4);
});

test('a program that dies again and again is called a crash loop and tried slowly', () => {
  expect(restartAfter(4).isLooping).toBe(false);
  expect(restartAfter(5).isLooping).toBe(true);
  expect(restartAfter(40).delayMs).toBe(30_000);
});

test('a minute of life clears the past', () => {
  expect(recentDeaths([1, 2, 3], 1_000, 60_999)).toEqual([1, 2, 3, 60_999]);
  expect(recentDeaths([1, 2, 3], 1_000, 61_000)).toEqual([61_000]);
});
