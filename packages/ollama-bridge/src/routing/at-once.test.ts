import { expect, test } from 'vitest';
import { atOnceOf, type EndedCall } from './at-once.ts';

const call = (endedAt: number, totalMs: number, over: Partial<EndedCall> = {}): EndedCall => ({
  model: 'coder:7b',
  digest: 'c',
  isGood: true,
  endedAt,
  totalMs,
  loadMs: 0,
  firstTokenMs: 0,
  output: 80,
  ...over,
});
/** Calls one after the other, of 2 s each. */
const alone = Array.from({ length: 6 }, (_, n) => call(2000 * (n + 1), 2000));
/** So many at a time, for so long each, after those. */
const together = (width: number, ms: number, over: Partial<EndedCall> = {}, from = 20_000): EndedCall[] =>
  Array.from({ length: 6 }, (_, n) => Array.from({ length: width }, () => call(from + ms * (n + 1), ms, over))).flat();

test('a box that has shown nothing takes one call', () => {
  expect(atOnceOf([])).toEqual({ calls: 1, because: null });
  expect(atOnceOf(alone.slice(0, 4))).toEqual({ calls: 1, because: null });
});

test('when its speed is known, one more is tried', () => {
  expect(atOnceOf(alone)).toEqual({ calls: 2, because: 'coder:7b: one at once writes 40 tok/s, and 2 are tried' });
});

test('two are kept that take less than 1.6 times as long as one, and a third is tried', () => {
  expect(atOnceOf([...alone, ...together(2, 3100)])).toMatchObject({
    calls: 3,
    because: expect.stringMatching(/^coder:7b: 2 at once write 52 tok/) as string,
  });
});

test('two are given up that take more, and four are the most', () => {
  expect(atOnceOf([...alone, ...together(2, 3300)])).toEqual({
    calls: 1,
    because: 'coder:7b: one at once writes 40 tok/s, and 2 at once write 48 tok/s',
  });
  const wide = [2, 3, 4].flatMap((width) => together(width, 2000, {}, width * 100_000));
  expect(atOnceOf([...alone, ...wide])).toMatchObject({ calls: 4 });
});

test('a box that does one after the other is seen through, though its calls overlap', () => {
  const pairs = Array.from({ length: 6 }, (_, n) => {
    const begin = 20_000 + n * 4000;
    return [call(begin + 2000, 2000), call(begin + 4000, 4000, { firstTokenMs: 2000 })];
  }).flat();
  expect(atOnceOf([...alone, ...pairs]).calls).toBe(1);
});

test('loading is no writing, other models say nothing, and a failure ends the trial', () => {
  const loads = alone.map((it) => ({ ...it, totalMs: 2000, loadMs: 1000, firstTokenMs: 1000 }));
  expect(atOnceOf(loads).because).toMatch(/writes 80 tok/);
  const other = together(1, 2000, { digest: 'x', model: 'other' });
  expect(atOnceOf([...alone, ...together(1, 2000), ...other])).toMatchObject({ calls: 2 });
  expect(atOnceOf([...alone, ...together(2, 2000, { isGood: false, output: 0 })])).toEqual({
    calls: 1,
    because: 'coder:7b: a call failed while 2 ran at once',
  });
});
