import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { coalesce } from './coalesce.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the first is at once, many more become one after the pause', () => {
  const act = vi.fn();
  const { ask } = coalesce(act, 5);
  for (let i = 0; i < 100; i++) ask(1);
  expect(act).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(act).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(50);
  expect(act).toHaveBeenCalledTimes(2);
  ask(1);
  expect(act).toHaveBeenCalledTimes(3);
});

test('the pauses grow while there is no end of asking, and are short again afterwards', () => {
  const at: number[] = [];
  const { ask } = coalesce(() => at.push(Date.now()), 5);
  const began = Date.now();
  for (let ms = 0; ms < 30; ms++) {
    ask(1);
    ask(1);
    vi.advanceTimersByTime(1);
  }
  expect(at.map((it) => it - began)).toEqual([0, 1, 3, 7, 12, 17, 22, 27]);
  vi.advanceTimersByTime(50);
  at.length = 0;
  ask(1);
  ask(1);
  vi.advanceTimersByTime(1);
  expect(at).toHaveLength(2);
});

test('what nobody was told of since the pause began does not wait for its end, and takes along what waits', () => {
  const act = vi.fn();
  const { ask } = coalesce(act, 5);
  for (const bits of [0, 0, 2, 0, 2]) ask(bits);
  expect(act.mock.calls).toEqual([[0], [2]]);
  vi.advanceTimersByTime(50);
  expect(act.mock.calls).toEqual([[0], [2], [2]]);
});

test('what was asked for meanwhile comes together', () => {
  const act = vi.fn();
  const { ask } = coalesce(act, 5);
  for (const bits of [5, 1, 0, 4]) ask(bits);
  vi.advanceTimersByTime(5);
  expect(act.mock.calls).toEqual([[5], [5]]);
});

test('after the stop nothing comes any more', () => {
  const act = vi.fn();
  const { ask, stop } = coalesce(act, 5);
  ask(1);
  ask(1);
  stop();
  vi.advanceTimersByTime(50);
  expect(act).toHaveBeenCalledTimes(1);
});
