import { expect, test } from 'vitest';
import { guardCall, guardedFetch, type Clock, type Run } from './index.ts';

/** A clock that stands still until it is moved. */
const createHandClock = () => {
  let now = 1_000_000;
  const timers = new Set<{ at: number; then: () => void }>();
  const clock: Clock = {
    now: () => now,
    after: (ms, then) => {
      const timer = { at: now + ms, then };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };
  const pass = (ms: number) => {
    const end = now + ms;
    for (;;) {
      const [due] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!due) break;
      timers.delete(due);
      now = due.at;
      due.then();
    }
    now = end;
  };
  return { clock, pass, pending: () => timers.size };
};

const setUp = (given: Partial<Run> & { waitMs?: number; leftMs?: number } = {}) => {
  const { waitMs, leftMs = 60_000, ...rest } = given;
  const hand = createHandClock();
  const stop = new AbortController();
  const run: Run = {
    signal: stop.signal,
    deadline: new Date(hand.clock.now() + leftMs),
    idleMs: 1000,
    correlationId: 'c',
    callId: 'c',
    ...rest,
  };
  return {
    ...hand,
    stop,
    guard: guardCall(run, { clock: hand.clock, phase: 'load', ...(waitMs === undefined ? {} : { waitMs }) }),
  };
};

test('silence is a timeout with the phase that it fell into', () => {
  const { guard, pass } = setUp();
  pass(999);
  guard.enter('first_token');
  pass(999);
  guard.enter('idle');
  pass(999);
  expect(guard.ended()).toBeUndefined();
  pass(1);
  expect(guard.ended()).toMatchObject({
    code: 'model.timeout',
    remedy: 'retry',
    where: 'other',
    details: { phase: 'idle', waitedMs: 1000 },
  });
  expect(guard.signal.reason).toBe(guard.ended());
});

test('a sign of life starts the wait again', () => {
  const { guard, pass } = setUp();
  for (let n = 0; n < 5; n += 1) {
    pass(900);
    guard.touch();
  }
  expect(guard.ended()).toBeUndefined();
  pass(1000);
  expect(guard.ended()).toMatchObject({ details: { phase: 'load' } });
});

test('the longer wait is for the load only', () => {
  const { guard, pass } = setUp({ waitMs: 30_000 });
  pass(29_000);
  guard.enter('first_token');
  pass(1000);
  expect(guard.ended()).toMatchObject({ details: { phase: 'first_token' } });
});

test('the deadline ends a call that is busy', () => {
  const { guard, pass } = setUp({ leftMs: 2500 });
  for (let n = 0; n < 3; n += 1) {
    pass(900);
    guard.touch();
  }
  expect(guard.ended()).toMatchObject({ details: { phase: 'total', waitedMs: 2500 } });
});

test('a deadline further away than timers reach does not fire at once', () => {
  const { guard, pass } = setUp({ leftMs: 2 ** 40, idleMs: 2 ** 35 });
  pass(60_000);
  expect(guard.ended()).toBeUndefined();
});

test('after its end nothing is left: no timer, no listener, an aborted signal', () => {
  const { guard, stop, pending } = setUp();
  guard.enter('idle');
  guard.stop();
  guard.stop();
  expect(pending()).toBe(0);
  expect(guard.signal.aborted).toBe(true);
  stop.abort();
  expect(guard.ended()).toBeUndefined();
});

test('the first reason stays', () => {
  const { guard, stop, pass } = setUp();
  stop.abort();
  pass(60_000);
  expect(guard.ended()).toMatchObject({ code: 'model.cancelled' });
});

test('whoever runs the call hears once that its request leaves, and not at all when it does not', async () => {
  const said: string[] = [];
  const { guard, pass } = setUp({ onSent: () => said.push('sent') });
  const send = () => Promise.resolve(new Response('x'));
  await guardedFetch(send, guard)('http://127.0.0.1/');
  await guardedFetch(send, guard)('http://127.0.0.1/');
  expect([said, guard.sent()]).toEqual([['sent'], true]);
  const late = setUp({ onSent: () => said.push('late') });
  late.pass(1000);
  await expect(guardedFetch(send, late.guard)('http://127.0.0.1/')).rejects.toThrow('did not begin to answer');
  expect([said, late.guard.sent()]).toEqual([['sent'], false]);
  guard.stop();
  pass(0);
});

test('after a complete answer the connection gets a moment, and no error when it does not use it', () => {
  const { guard, pass } = setUp();
  guard.linger(50);
  pass(49);
  expect(guard.signal.aborted).toBe(false);
  pass(1);
  expect([guard.signal.aborted, guard.ended()]).toEqual([true, undefined]);
});

test('every received byte counts, also those that are no piece of an answer', async () => {
  const { guard, pass } = setUp();
  const pings = async function* () {
    for (let n = 0; n < 5; n += 1) {
      pass(900);
      yield await Promise.resolve(new TextEncoder().encode(': ping\n\n'));
    }
  };
  const send = () =>
    Promise.resolve(new Response(ReadableStream.from(pings()), { headers: { 'content-type': 'text/event-stream' } }));
  const { body } = await guardedFetch(send, guard)('http://127.0.0.1/');
  let received = 0;
  for await (const bytes of body ?? []) received += bytes.length;
  expect(received).toBe(5 * ': ping\n\n'.length);
  expect(guard.ended()).toBeUndefined();
});
