import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { coalesce } from './coalesce.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the first is at once, many more become one after the pause', () => {
  const act = vi.fn();
  const { ask } = coalesce(act, 5);
  for (let i = 0; i < 100; i++) ask(1);
  expect(act).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(5);
  expect(act).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(50);
  expect(act).toHaveBeenCalledTimes(2);
  ask(1);
  expect(act).toHaveBeenCalledTimes(3);
});

test('what was asked for meanwhile comes together', () => {
  const act = vi.fn();
  const { ask } = coalesce(act, 5);
  for (const bits of [0, 1, 0, 4]) ask(bits);
  vi.advanceTimersByTime(5);
  expect(act.mock.calls).toEqual([[0], [5]]);
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
