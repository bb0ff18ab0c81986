import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { whenRested } from './when-rested.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const rests = () => {
  const rested = vi.fn();
  void whenRested(3000, 20_000).then(rested);
  return rested;
};

test('work waits until no key, finger or wheel was heard of for a while, also within an element that keeps them to itself', async () => {
  const rested = rests();
  const button = document.body.appendChild(document.createElement('button'));
  button.addEventListener('keydown', (event) => event.stopPropagation());
  for (const type of ['pointerdown', 'keydown', 'wheel']) {
    await vi.advanceTimersByTimeAsync(2900);
    button.dispatchEvent(new Event(type, { bubbles: true }));
  }
  await vi.advanceTimersByTimeAsync(2900);
  expect(rested).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(100);
  expect(rested).toHaveBeenCalledOnce();
  button.remove();
});

test('a hand that never rests holds it up for some time only', async () => {
  const rested = rests();
  for (let s = 0; s < 19; s += 1) {
    await vi.advanceTimersByTimeAsync(1000);
    dispatchEvent(new Event('keydown'));
  }
  expect(rested).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1000);
  expect(rested).toHaveBeenCalledOnce();
});
