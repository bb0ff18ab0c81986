import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { coalesce } from './coalesce.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the first is at once, many more become one after the pause', () => {
  const act = vi.fn();
  const { ask } = coalesce(act, 5);
  for (let i = 0; i < 100; i++) ask();
  expect(act).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(5);
  expect(act).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(50);
  expect(act).toHaveBeenCalledTimes(2);
  ask();
  expect(act).toHaveBeenCalledTimes(3);
});

test('after the stop nothing comes any more', () => {
  const act = vi.fn();
  const { ask, stop } = coalesce(act, 5);
  ask();
  ask();
  stop();
  vi.advanceTimersByTime(50);
  expect(act).toHaveBeenCalledTimes(1);
});
