import { expect, test, vi } from 'vitest';
import { createEncodedParts } from './encoded-parts.ts';

const making = (text: string, isFull: boolean) => vi.fn(() => Promise.resolve({ text, isFull }));

test('a full part is made once, the last one whenever the trace ends with another event', async () => {
  const parts = createEncodedParts();
  const [full, last] = [making('full', true), making('last', false)];
  for (const end of ['a', 'a', 'b']) {
    expect(await parts.text('0', end, full)).toBe('full');
    expect(await parts.text('1', end, last)).toBe('last');
  }
  expect([full, last].map((made) => made.mock.calls.length)).toEqual([1, 2]);
});

test('what nobody can compare is made each time', async () => {
  const parts = createEncodedParts();
  const made = making('text', true);
  await parts.text('0', null, made);
  await parts.text('0', null, made);
  expect(made).toHaveBeenCalledTimes(2);
});

test('only so much is kept, and what was asked for last', async () => {
  const parts = createEncodedParts(10);
  const [a, b, c] = [making('aaaa', true), making('bbbb', true), making('cccc', true)];
  await parts.text('a', 'e', a);
  await parts.text('b', 'e', b);
  await parts.text('a', 'e', a);
  await parts.text('c', 'e', c); // no room: b goes
  await parts.text('a', 'e', a);
  await parts.text('b', 'e', b);
  expect([a, b, c].map((made) => made.mock.calls.length)).toEqual([1, 2, 1]);
  const long = making('more than there is room for', true);
  await parts.text('long', 'e', long);
  await parts.text('long', 'e', long);
  expect(long).toHaveBeenCalledTimes(2);
});

test('all of it is let go when nobody asks for a minute', async () => {
  vi.useFakeTimers();
  try {
    const parts = createEncodedParts();
    const made = making('text', true);
    await parts.text('0', 'a', made);
    await vi.advanceTimersByTimeAsync(59_000);
    await parts.text('0', 'a', made);
    expect(made).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(61_000);
    await parts.text('0', 'a', made);
    expect(made).toHaveBeenCalledTimes(2);
  } finally {
    vi.useRealTimers();
  }
});
