import { HiveError } from '@hive/errors';
import type { Desk, HiveEvent } from '@hive/events';
import { expect, test } from 'vitest';
import { streamFrames, type FrameOptions } from './frames.ts';

const event = (position: number, text = '') =>
  ({ id: `e${position}`, position, data: { text } }) as unknown as HiveEvent;

/** A desk whose log has `known` positions and which then tells `live`. */
const deskOf = (live: readonly HiveEvent[], { known = 3, fails = false } = {}) => {
  const asked: (number | undefined)[] = [];
  const desk: Pick<Desk, 'events' | 'follow'> = {
    events: (filter = {}) => {
      if ((filter.after ?? 0) > known) return Promise.reject(new HiveError('cursor.unknown', ''));
      return Promise.resolve({ items: [event(filter.newest ? known : 1)], next: null });
    },
    follow: async function* (filter, signal, options) {
      asked.push(filter.after);
      for (const it of live) yield it;
      options?.onPassed?.(live.at(-1)?.position ?? 77);
      if (fails) throw new Error('the store is gone');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  };
  return { desk, asked };
};

const read = async (desk: Pick<Desk, 'events' | 'follow'>, count: number, options: Partial<FrameOptions> = {}) => {
  const stop = new AbortController();
  const frames: { event: string | undefined; id: string | undefined; data: unknown }[] = [];
  const all = {
    build: 'b',
    filter: {},
    signal: stop.signal,
    draining: new AbortController().signal,
    gatherMs: 1,
    ...options,
  };
  for await (const text of streamFrames(desk, all)) {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
    expect(text.endsWith('\n\n')).toBe(true);
    frames.push({ event: field('event'), id: field('id'), data: JSON.parse(field('data') ?? '') });
    if (frames.length === count) stop.abort();
  }
  return frames;
};

test('hello comes first and has no id, then events in batches of at most 256 with the last position as id', async () => {
  const { desk, asked } = deskOf(Array.from({ length: 300 }, (_, n) => event(n + 4)));
  const [hello, first, second] = await read(desk, 3);
  expect(hello).toEqual({ event: 'hello', id: undefined, data: { build: 'b', head: 3, oldest: 1, beatMs: 15_000 } });
  expect([first?.event, first?.id, (first?.data as unknown[]).length]).toEqual(['events', '259', 256]);
  expect([second?.id, (second?.data as unknown[]).length]).toEqual(['303', 44]);
  expect(asked).toEqual([3]);
});

test('a batch has at most 64 KiB, but always one event', async () => {
  const { desk } = deskOf([event(4, 'x'.repeat(40_000)), event(5, 'x'.repeat(40_000)), event(6, 'x'.repeat(90_000))]);
  expect((await read(desk, 4)).slice(1).map((it) => it.id)).toEqual(['4', '5', '6']);
});

test('a quiet filter beats with the place that it has passed', async () => {
  const { desk } = deskOf([]);
  const [, beat, again] = await read(desk, 3, { beatMs: 5 });
  expect(beat).toMatchObject({ event: 'beat', id: '77', data: { head: 3 } });
  expect(again?.event).toBe('beat');
});

test('it goes on where the client was, and at its own end when the client comes from another log', async () => {
  const here = deskOf([event(3)]);
  await read(here.desk, 2, { filter: { after: 2 } });
  const elsewhere = deskOf([event(4)]);
  await read(elsewhere.desk, 2, { filter: { after: 1000 } });
  expect([here.asked, elsewhere.asked]).toEqual([[2], [3]]);
});

test('it says goodbye when the building drains or the log is gone', async () => {
  const drain = new AbortController();
  drain.abort();
  expect((await read(deskOf([]).desk, 9, { draining: drain.signal })).at(-1)).toMatchObject({
    event: 'bye',
    data: { reason: 'drain', retryMs: 1000 },
  });
  expect((await read(deskOf([], { fails: true }).desk, 9)).at(-1)).toMatchObject({
    event: 'bye',
    data: { reason: 'the log cannot be read' },
  });
});
