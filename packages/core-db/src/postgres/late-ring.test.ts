import { expect, test, vi } from 'vitest';
import { createLateRing } from './late-ring.ts';

test('a late ring comes in its time, once for all that asked, and not when somebody rang before', () => {
  vi.useFakeTimers();
  try {
    const act = vi.fn();
    const late = createLateRing(act);
    late.ring(50);
    late.ring(50);
    vi.advanceTimersByTime(49);
    expect(act).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(act).toHaveBeenCalledTimes(1);
    late.ring(50);
    vi.advanceTimersByTime(20);
    late.heard();
    vi.advanceTimersByTime(100);
    expect(act).toHaveBeenCalledTimes(1);
    late.ring(50);
    vi.advanceTimersByTime(50);
    expect(act).toHaveBeenCalledTimes(2);
  } finally {
    vi.useRealTimers();
  }
});

test('five rings within a tenth of a second are many', () => {
  let at = 0;
  const late = createLateRing(
    () => undefined,
    () => at,
  );
  for (const ms of [0, 30, 60, 90]) {
    at = ms;
    late.heard();
  }
  expect(late.isBusy()).toBe(false);
  at = 99;
  late.heard();
  expect(late.isBusy()).toBe(true);
  at = 101;
  expect(late.isBusy()).toBe(false);
});
