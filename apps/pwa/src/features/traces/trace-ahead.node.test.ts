import { expect, test, vi } from 'vitest';
import { askAhead, takeAsked } from './trace-ahead.ts';

const deskOf = () => ({
  workflow: vi.fn(() => Promise.resolve('result' as never)),
  traceColumns: vi.fn(() => Promise.reject(new Error('away'))),
});

test('what was asked for ahead is taken once, by the page of that trace alone', async () => {
  const desk = deskOf();
  askAhead(desk, 'a');
  askAhead(desk, 'a');
  expect([desk.workflow.mock.calls, desk.traceColumns.mock.calls]).toEqual([[['a']], [['a', { limit: 1000 }]]]);
  expect(takeAsked('b', 'result')).toBeUndefined();
  expect(await takeAsked('a', 'result')).toBe('result');
  expect(takeAsked('a', 'result')).toBeUndefined();
  await expect(takeAsked('a', 'part')).rejects.toThrow('away');
});

test('what nobody took is soon no answer any more, and is asked for anew', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const desk = deskOf();
    askAhead(desk, 'c');
    vi.advanceTimersByTime(6000);
    expect(takeAsked('c', 'result')).toBeUndefined();
    askAhead(desk, 'c');
    expect(desk.traceColumns).toHaveBeenCalledTimes(2);
  } finally {
    vi.useRealTimers();
  }
});

test('what a page has begun to read by itself is not asked for ahead of it any more', () => {
  const desk = deskOf();
  expect(takeAsked('f', 'part')).toBeUndefined();
  askAhead(desk, 'f');
  expect(desk.workflow).not.toHaveBeenCalled();
  askAhead(desk, 'g');
  expect(desk.workflow).toHaveBeenCalledTimes(1);
});

test('what follows the first part is asked for when that has come, and not where that was all', async () => {
  const traceColumns = vi.fn((_: string, { after }: { after?: number } = {}) =>
    Promise.resolve({ next: after === undefined ? '1000' : null } as never),
  );
  askAhead({ ...deskOf(), traceColumns }, 'd');
  expect(await takeAsked('d', 'more')).toEqual({ next: null });
  expect(traceColumns.mock.calls).toEqual([
    ['d', { limit: 1000 }],
    ['d', { after: 1000 }],
  ]);
  traceColumns.mockImplementation(() => Promise.resolve({ next: null } as never));
  askAhead({ ...deskOf(), traceColumns }, 'e');
  expect(await takeAsked('e', 'more')).toBeNull();
  expect(traceColumns).toHaveBeenCalledTimes(3);
});
