import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStreams } from './stream.ts';
import { logInMemory } from './testing/log-in-memory.ts';
import { positionsIn, readFrame } from './testing/read-frames.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const turns = async (ms: number) => {
  await vi.advanceTimersByTimeAsync(ms);
  await new Promise((turn) => setImmediate(turn));
  await vi.advanceTimersByTimeAsync(0);
};

const open = (count: number) => {
  const log = logInMemory(count);
  const streams = createStreams(log.desk, { build: 'b', draining: new AbortController().signal });
  const connect = (after: number) => {
    const left = new AbortController();
    const reader = streams.open({ after }, left.signal).body?.getReader();
    if (!reader) throw new Error('a stream has a body');
    return { left, reader };
  };
  return { ...log, streams, connect };
};

test('a client that takes nothing is let go, disturbs nobody, and resumes where it was', async () => {
  const { connect, streams, append } = open(1);
  const [stalled, other] = [connect(1), connect(1)];
  const last = readFrame((await stalled.reader.read()).value ?? new Uint8Array());
  expect(last.event).toBe('hello');
  const seen: number[] = [];
  const reading = (async () => {
    for (;;) {
      const { done, value } = await other.reader.read();
      if (done) return;
      seen.push(...positionsIn([readFrame(value)]));
    }
  })();
  for (let n = 0; n < 29; n++) {
    append(10, { text: 'x'.repeat(20_000) });
    await turns(1000);
  }
  expect(streams.count()).toBe(2);
  await turns(3000);
  expect(streams.count()).toBe(1);
  expect(seen.length).toBe(290);
  // What was under way still comes; then the line is cut.
  const late: number[] = [];
  await expect(
    (async () => {
      for (;;) {
        const { value } = await stalled.reader.read();
        late.push(...positionsIn([readFrame(value ?? new Uint8Array())]));
      }
    })(),
  ).rejects.toThrow('the client takes nothing');
  expect(late.length).toBeLessThan(10);

  const again = connect(late.at(-1) ?? 1);
  await again.reader.read();
  expect(positionsIn([readFrame((await again.reader.read()).value ?? new Uint8Array())])[0]).toBe(
    (late.at(-1) ?? 1) + 1,
  );
  await Promise.all([again.reader.cancel(), other.reader.cancel()]);
  await reading;
  expect(streams.count()).toBe(0);
});

test('a client that has gone leaves nothing behind, however it goes', async () => {
  const { connect, streams, state } = open(3);
  const [aborted, cancelled, early] = [connect(3), connect(3), connect(1)];
  await Promise.all([aborted.reader.read(), cancelled.reader.read()]);
  expect([streams.count(), state.followers]).toEqual([3, 1]);
  early.left.abort();
  aborted.left.abort();
  await cancelled.reader.cancel();
  await turns(10);
  await vi.waitFor(() => expect([streams.count(), state.followers]).toEqual([0, 0]), 60_000);
});
