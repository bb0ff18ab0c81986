import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { HiveEvent } from '@hive/events';
import { createLiveStream, type LiveNews, type LiveStream, type Source } from './live-stream.ts';

type Frames = Record<string, (event: { data: string; lastEventId: string }) => void>;
type Server = Source & { readonly url: string; closed: boolean; say(frame: string, data: unknown, id?: number): void };

const servers: Server[] = [];
const news: LiveNews[] = [];
let stream: LiveStream;

const open = (url: string): Source => {
  const frames: Frames = {};
  const server = {
    url,
    closed: false,
    onerror: null,
    addEventListener: (frame: string, take: Frames[string]) => (frames[frame] = take),
    close: () => (server.closed = true),
    say: (frame: string, data: unknown, id?: number) =>
      frames[frame]?.({ data: JSON.stringify(data), lastEventId: id === undefined ? '' : String(id) }),
  } as unknown as Server;
  servers.push(server);
  return server;
};
const server = () => servers.at(-1) as Server;
const event = (position: number) => ({ id: `e${position}`, position }) as HiveEvent;
const hello = (head: number, oldest = 1) => server().say('hello', { build: 'b', head, oldest, beatMs: 15_000 });
const breaks = () => server().onerror?.call(server() as unknown as EventSource, new Event('error'));
const positions = () => news.flatMap((it) => (it.kind === 'events' ? it.events.map(({ position }) => position) : []));

beforeEach(() => {
  vi.useFakeTimers();
  servers.length = news.length = 0;
  stream = createLiveStream({
    open,
    online: () => true,
    fetchGap: async (from, to) => Array.from({ length: to - from + 1 }, (_, n) => event(from + n)),
  });
  stream.follow((it) => news.push(it));
  stream.start();
});
afterEach(() => {
  stream.stop();
  vi.useRealTimers();
});

test('the first connection begins at the head and says that older news may be missing', () => {
  expect(server().url).toBe('/api/v1/stream');
  hello(7);
  expect(stream.connection).toEqual({ state: 'live' });
  expect(news).toEqual([{ kind: 'hello', missed: true, build: 'b' }]);
});

test('after a break it goes on from the last position that it has seen', () => {
  hello(7);
  server().say('events', [event(8), event(9)], 9);
  breaks();
  expect(stream.connection).toMatchObject({ state: 'waiting' });
  vi.advanceTimersByTime(1000);
  expect(server().url).toBe('/api/v1/stream?after=9');
  hello(12);
  expect(news.at(-1)).toMatchObject({ kind: 'hello', missed: false });
});

test('a beat moves the position of a quiet filter', () => {
  hello(7);
  server().say('beat', { at: '', head: 40 }, 40);
  breaks();
  vi.advanceTimersByTime(1000);
  expect(server().url).toBe('/api/v1/stream?after=40');
});

test('a gap is fetched, and told as events', async () => {
  hello(7);
  server().say('gap', { from: 8, to: 10, reason: 'slow reader' }, 10);
  await vi.waitFor(() => expect(positions()).toEqual([8, 9, 10]));
});

test('it waits longer after each failure, up to a quarter of a minute, and starts afresh when it stands', () => {
  const pauses: number[] = [];
  for (let n = 0; n < 6; n += 1) {
    breaks();
    const { connection } = stream;
    pauses.push(connection.state === 'waiting' ? connection.retryAt - Date.now() : -1);
    vi.advanceTimersByTime(15_000);
  }
  expect(pauses).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000]);
  hello(7);
  breaks();
  expect(stream.connection).toMatchObject({ retryAt: Date.now() + 1000 });
});

test('a stream that is silent for longer than two beats is dead although it looks open', () => {
  hello(7);
  const first = server();
  vi.advanceTimersByTime(34_000);
  expect(first.closed).toBe(false);
  vi.advanceTimersByTime(2500);
  expect(first.closed).toBe(true);
  expect(servers).toHaveLength(2);
});

test('a server that says goodbye is come back to when it asked', () => {
  hello(7);
  server().say('bye', { reason: 'drain', retryMs: 3000 });
  vi.advanceTimersByTime(2900);
  expect(servers).toHaveLength(1);
  vi.advanceTimersByTime(200);
  expect(servers).toHaveLength(2);
});

test('a store that was replaced by an older one is not resumed in', () => {
  hello(50);
  breaks();
  vi.advanceTimersByTime(1000);
  hello(3);
  expect(news.at(-1)).toMatchObject({ missed: true });
});
