import type { Desk, HiveEvent } from '@hive/events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStreams } from './stream.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const event = (position: number) =>
  ({ id: `e${position}`, position, data: { text: 'x'.repeat(60_000) } }) as unknown as HiveEvent;

/** A desk whose log never ends; counts what was taken from it. */
const endlessDesk = () => {
  const taken = { last: 0 };
  const desk = {
    events: () => Promise.resolve({ items: [event(1)], next: null }),
    follow: async function* (filter: { after?: number }, signal: AbortSignal) {
      for (let n = (filter.after ?? 0) + 1; !signal.aborted; n++) {
        taken.last = n;
        yield event(n);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
  };
  return { taken, desk: desk as unknown as Desk };
};

test('a client that takes nothing costs the memory of a few frames, is let go, and resumes where it was', async () => {
  const { desk, taken } = endlessDesk();
  const streams = createStreams(desk, { build: 'b', draining: new AbortController().signal });
  const left = new AbortController();
  const reader = streams.open({ after: 0 }, left.signal).body?.getReader();
  if (!reader) throw new Error('a stream has a body');
  const decoder = new TextDecoder();
  let last = '';
  const next = async (): Promise<boolean> => {
    const { done, value } = await reader.read();
    last = /^id: (\d+)/m.exec(decoder.decode(value))?.[1] ?? last;
    return !done;
  };
  const reading = (async () => {
    while (last === '') await next();
  })();
  await vi.advanceTimersByTimeAsync(1_000);
  await reading;

  const before = taken.last;
  await vi.advanceTimersByTimeAsync(29_000);
  expect(taken.last - before).toBeLessThan(20);
  expect(streams.count()).toBe(1);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(streams.count()).toBe(0);
  // What was under way still comes; then the line is cut.
  await expect(
    (async () => {
      while (await next());
    })(),
  ).rejects.toThrow('the client takes nothing');

  const again = streams.open({ after: Number(last) }, new AbortController().signal).body?.getReader();
  let text = '';
  const resuming = (async () => {
    while (!/^id: /m.test(text)) text += decoder.decode((await again?.read())?.value);
  })();
  await vi.advanceTimersByTimeAsync(1_000);
  await resuming;
  expect(text).toContain(`"id":"e${Number(last) + 1}"`);
  await again?.cancel();
  expect(streams.count()).toBe(0);
});
