import { expect, onTestFinished, test } from 'vitest';
import { createFrames, streamFrames, type FrameOptions } from './frames.ts';
import { createTail, type TailOptions } from './tail.ts';
import { logInMemory } from './testing/log-in-memory.ts';
import { positionsIn, readFrame, type ReadFrame } from './testing/read-frames.ts';

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

const openLog = (count: number, options: TailOptions = {}) => {
  const log = logInMemory(count);
  const reading = { before: () => undefined as unknown };
  const desk: typeof log.desk = {
    ...log.desk,
    events: (filter) => {
      if (filter?.after !== undefined) reading.before();
      return log.desk.events(filter);
    },
  };
  const frames = createFrames(createTail(desk, { gatherMs: 1, ...options }));
  /** A client that takes frames one by one. */
  const client = (filter: FrameOptions['filter'] = {}, options: Partial<FrameOptions> = {}) => {
    const stop = new AbortController();
    const source = streamFrames(frames, desk, {
      build: 'b',
      filter,
      signal: stop.signal,
      draining: new AbortController().signal,
      ...options,
    });
    onTestFinished(() => stop.abort());
    const next = async (): Promise<ReadFrame | null> => {
      const { value } = await source.next();
      return value ? readFrame(value) : null;
    };
    return {
      next,
      stop: async () => {
        stop.abort();
        await source.return(undefined);
      },
      take: async (count: number) => {
        const taken: ReadFrame[] = [];
        for (let frame = await next(); frame; frame = await next()) {
          taken.push(frame);
          if (positionsIn(taken).length >= count) break;
        }
        return taken;
      },
    };
  };
  return { ...log, frames, client, reading };
};

test('hello comes first and has no id, then events in batches of at most 256 with the last position as id', async () => {
  const { client, append } = openLog(3);
  const it = client();
  expect(await it.next()).toEqual({
    event: 'hello',
    id: null,
    data: { build: 'b', head: 3, oldest: 1, beatMs: 15_000 },
  });
  append(300);
  const frames = await it.take(300);
  expect(positionsIn(frames)).toEqual(numbers(4, 303));
  expect(positionsIn(frames.slice(0, 1)).length).toBe(256);
  expect(frames.map(({ id }) => id)).toEqual([259, 303]);
});

test('a batch has at most 64 KiB, but always one event, live and from the log alike', async () => {
  const { client, append } = openLog(1);
  append(2, { text: 'x'.repeat(40_000) });
  append(1, { text: 'x'.repeat(90_000) });
  const late = client({ after: 1 });
  const live = client();
  await live.next();
  append(2, { text: 'x'.repeat(40_000) });
  append(1, { text: 'x'.repeat(90_000) });
  expect((await live.take(3)).map(({ id }) => id)).toEqual([5, 6, 7]);
  await late.next();
  expect((await late.take(6)).map(({ id }) => id)).toEqual([2, 3, 4, 5, 6, 7]);
});

test('what the log has and what comes meet without a seam, for every filter and at any speed', async () => {
  const { client, append } = openLog(900);
  const appending = (async () => {
    for (let n = 0; n < 60; n++) {
      append(5);
      append(1, { type: 'workflow.started', trace: 'b' });
      await new Promise((turn) => setTimeout(turn, n % 3));
    }
  })();
  const all = client({ after: 10 }).take(1250);
  const some = client({ after: 0, types: ['workflow.*'] }).take(60);
  const other = client({ after: 900, correlationId: 'b' }).take(60);
  const quick = client({ after: 0 }).take(1260);
  await appending;
  expect(positionsIn(await all)).toEqual(numbers(11, 1260));
  expect(positionsIn(await quick)).toEqual(numbers(1, 1260));
  const started = numbers(1, 60).map((n) => 900 + 6 * n);
  expect(positionsIn(await some)).toEqual(started);
  expect(positionsIn(await other)).toEqual(started);
});

test('what is recorded while the last page is read is told once', async () => {
  const { client, append, reading, frames } = openLog(40);
  const { leave } = await frames.tail.join(() => undefined);
  reading.before = () => {
    reading.before = () => undefined;
    append(5);
  };
  const it = client({ after: 10 });
  await it.next();
  expect(positionsIn(await it.take(35))).toEqual(numbers(11, 45));
  append(300);
  expect(positionsIn(await it.take(300))).toEqual(numbers(46, 345));
  leave();
});

test('a tail that is behind what the log has told already tells none of it again', async () => {
  const { client, append, frames, hold, release } = openLog(40);
  const { leave } = await frames.tail.join(() => undefined);
  hold();
  append(300);
  const it = client({ after: 10 });
  const ahead = client({ after: 200 });
  expect([(await it.next())?.event, (await ahead.next())?.event]).toEqual(['hello', 'hello']);
  const taken = Promise.all([it.take(330), ahead.take(140)]);
  await new Promise((turn) => setTimeout(turn, 20));
  release();
  const [all, later] = await taken;
  expect(positionsIn(all)).toEqual(numbers(11, 340));
  expect(positionsIn(later)).toEqual(numbers(201, 340));
  append(100);
  expect(positionsIn(await it.take(100))).toEqual(numbers(341, 440));
  expect(positionsIn(await ahead.take(100))).toEqual(numbers(341, 440));
  leave();
});

test('the log is followed once for all clients, and by nobody after the last one', async () => {
  const { client, append, state } = openLog(1);
  const clients = numbers(1, 20).map(() => client());
  await Promise.all(clients.map((it) => it.next()));
  expect(state.followers).toBe(1);
  const { pages } = state;
  append(50);
  const taken = await Promise.all(clients.map((it) => it.take(50)));
  for (const frames of taken) expect(positionsIn(frames)).toEqual(numbers(2, 51));
  expect(state.pages).toBe(pages);
  await Promise.all(clients.map((it) => it.stop()));
  await expect.poll(() => state.followers).toBe(0);
  const again = client({ after: 20 });
  await again.next();
  expect(positionsIn(await again.take(31))).toEqual(numbers(21, 51));
});

test('clients that keep pace are told the very same bytes', async () => {
  const { frames, append } = openLog(1);
  const { leave } = await frames.tail.join(() => undefined);
  const { place } = frames.tail.now();
  append(3);
  await expect.poll(() => frames.tail.now().position).toBe(4);
  expect(frames.next(place, { types: ['task.*'] }).bytes).toBe(frames.next(place, { types: ['task.*'] }).bytes);
  expect(frames.next(place, { types: ['box.*'] }).bytes).toBeNull();
  leave();
});

test('a quiet filter beats with the place that it has passed', async () => {
  const { client, append } = openLog(3);
  const it = client({ types: ['box.*'] }, { beatMs: 20 });
  await it.next();
  append(4);
  await expect.poll(async () => (await it.next())?.id).toBe(7);
  expect(await it.next()).toMatchObject({ event: 'beat', id: 7, data: { head: 7 } });
});

test('a client that the tail has left behind is told the range, and goes on with what comes after it', async () => {
  const { client, append, frames, desk } = openLog(3, { keepEvents: 100 });
  const [slow, quick] = [client(), client()];
  await Promise.all([slow.next(), quick.next()]);
  append(2);
  await slow.take(2);
  for (let n = 0; n < 4; n++) {
    append(50);
    await quick.take(50);
  }
  expect(frames.tail.oldest()).toBeGreaterThan(0);
  const gap = await slow.next();
  expect(gap).toEqual({ event: 'gap', id: 205, data: { from: 5, to: 205, reason: 'slow reader' } });
  expect((await desk.events({ after: 5, limit: 500 })).items.length).toBe(200);
  append(1);
  expect(positionsIn(await slow.take(1))).toEqual([206]);
});

test('events are kept by size too', async () => {
  const { client, append, frames } = openLog(1, { keepChars: 50_000 });
  await client().next();
  append(30, { text: 'x'.repeat(10_000) });
  await expect.poll(() => frames.tail.now().position).toBe(31);
  const { place } = frames.tail.now();
  expect(place - frames.tail.oldest()).toBeLessThan(6);
});

test('who comes from another log begins at the end of this one', async () => {
  const { client, append } = openLog(4);
  const it = client({ after: 1000 });
  expect(await it.next()).toMatchObject({ data: { head: 4 } });
  append(1);
  expect(positionsIn(await it.take(1))).toEqual([5]);
});

test('it says goodbye when the building drains or the log is gone, and begins anew with the next client', async () => {
  const drain = new AbortController();
  const { client, setBroken, append } = openLog(2);
  const [drained, cut] = [client({}, { draining: drain.signal }), client()];
  await Promise.all([drained.next(), cut.next()]);
  drain.abort();
  expect(await drained.next()).toMatchObject({ event: 'bye', data: { reason: 'drain', retryMs: 1000 } });
  expect(await drained.next()).toBeNull();
  setBroken(true);
  expect(await cut.next()).toMatchObject({ event: 'bye', data: { reason: 'the log cannot be read' } });
  setBroken(false);
  append(3);
  const next = client({ after: 2 });
  await next.next();
  expect(positionsIn(await next.take(3))).toEqual([3, 4, 5]);
});
