import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { HiveEvent } from '@hive/events';
import type { Connection } from '../live-stream.ts';
import { createHub, type Hub, type Port } from './hub.ts';
import type { FromHub, LiveFilter } from './hub-messages.ts';
import type { Source } from './line.ts';

type Frames = Record<string, (event: { data: string; lastEventId: string }) => void>;
type Server = Source & { readonly url: string; closed: boolean; say(frame: string, data: unknown, id?: number): void };

const servers: Server[] = [];
const pages: { range: { from: number; to: number }; filter: LiveFilter | null }[] = [];
let log: { readonly items: (readonly HiveEvent[])[]; fails: boolean };
let hub: Hub;

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
const event = (position: number, type = 'task.ready') =>
  ({ id: `e${position}`, position, type, correlationId: position % 2 ? 'odd' : 'even' }) as unknown as HiveEvent;
const hello = (head: number) => server().say('hello', { build: 'b', head, oldest: 1, beatMs: 15_000 });
const tell = (...positions: number[]) =>
  server().say(
    'events',
    positions.map((position) => event(position)),
    positions.at(-1),
  );
const breaks = () => server().onerror?.call(server() as unknown as EventSource, new Event('error'));

const newTab = (filter: LiveFilter | null = null, after: number | null = null) => {
  const said: FromHub[] = [];
  const port: Port = { post: (message) => said.push(structuredClone(message)) };
  const join = (more: { filter?: LiveFilter | null; visible?: boolean; after?: number | null } = {}) =>
    hub.hear(port, { hive: 'join', filter, visible: true, after, ...more });
  join();
  return {
    port,
    said,
    join,
    positions: () =>
      said.flatMap((it) => (it.hive === 'events' ? (JSON.parse(it.json) as HiveEvent[]).map((e) => e.position) : [])),
    hellos: () => said.flatMap((it) => (it.hive === 'hello' ? [it.missed] : [])),
    connection: (): Connection =>
      said.flatMap((it) => (it.hive === 'connection' ? [it.connection] : [])).at(-1) ?? { state: 'connecting' },
  };
};

beforeEach(() => {
  vi.useFakeTimers();
  servers.length = pages.length = 0;
  log = { items: [], fails: false };
  hub = createHub({
    open,
    online: () => true,
    pages: async function* (filter, range) {
      pages.push({ range, filter });
      for (const items of log.items) {
        await Promise.resolve();
        yield items;
      }
      if (log.fails) throw new Error('the log answered 503');
    },
  });
});
afterEach(() => void vi.useRealTimers());

test('the first connection begins at the head and says that older news may be missing', () => {
  const tab = newTab();
  expect(server().url).toBe('/api/v1/stream');
  expect(tab.hellos()).toEqual([]);
  hello(7);
  expect(tab.connection()).toEqual({ state: 'live' });
  expect(tab.said.at(-1)).toEqual({ hive: 'hello', missed: true, build: 'b', position: 7 });
});

test('after a break it goes on from the last position that it has told', () => {
  const tab = newTab();
  hello(7);
  tell(8, 9);
  breaks();
  expect(tab.connection()).toMatchObject({ state: 'waiting' });
  vi.advanceTimersByTime(1000);
  expect(server().url).toBe('/api/v1/stream?after=9');
  hello(12);
  tell(10, 11, 12);
  expect(tab.hellos()).toEqual([true, false]);
  expect(tab.positions()).toEqual([8, 9, 10, 11, 12]);
});

test('a beat moves the position of a quiet filter', () => {
  newTab();
  hello(7);
  server().say('beat', { at: '', head: 40 }, 40);
  breaks();
  vi.advanceTimersByTime(1000);
  expect(server().url).toBe('/api/v1/stream?after=40');
});

test('a gap is read from the log before the stream goes on from its end', async () => {
  const tab = newTab();
  hello(7);
  tell(8);
  log.items.push([event(9), event(10)], [event(11)]);
  const first = server();
  first.say('gap', { from: 8, to: 12, reason: 'slow reader' }, 12);
  tell(13); // what still comes on the old connection is not taken: the new one brings it
  await vi.advanceTimersByTimeAsync(0);
  expect(first.closed).toBe(true);
  expect(pages).toEqual([{ range: { from: 8, to: 12 }, filter: null }]);
  expect(server().url).toBe('/api/v1/stream?after=12');
  hello(13);
  tell(13);
  expect(tab.positions()).toEqual([8, 9, 10, 11, 13]);
  expect(tab.connection()).toEqual({ state: 'live' });
});

test('a gap that cannot be read to its end is replayed by the stream, from where the reading ended', async () => {
  const tab = newTab();
  hello(7);
  log.items.push([event(8), event(9)]);
  log.fails = true;
  server().say('gap', { from: 7, to: 20, reason: 'slow reader' }, 20);
  await vi.advanceTimersByTimeAsync(0);
  expect(server().url).toBe('/api/v1/stream?after=9');
  expect(tab.positions()).toEqual([8, 9]);
});

test('it waits longer after each failure, up to a quarter of a minute, and starts afresh when it stands', () => {
  const tab = newTab();
  const pauses: number[] = [];
  for (let n = 0; n < 6; n += 1) {
    breaks();
    const connection = tab.connection();
    pauses.push(connection.state === 'waiting' ? connection.retryAt - Date.now() : -1);
    vi.advanceTimersByTime(15_000);
  }
  expect(pauses).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000]);
  hello(7);
  breaks();
  expect(tab.connection()).toMatchObject({ retryAt: Date.now() + 1000 });
});

test('a stream that is silent for longer than two beats is dead although it looks open', () => {
  newTab();
  hello(7);
  const first = server();
  vi.advanceTimersByTime(34_000);
  expect(first.closed).toBe(false);
  vi.advanceTimersByTime(2500);
  expect(first.closed).toBe(true);
  expect(servers).toHaveLength(2);
});

test('a server that says goodbye is come back to when it asked', () => {
  newTab();
  hello(7);
  server().say('bye', { reason: 'drain', retryMs: 3000 });
  vi.advanceTimersByTime(2900);
  expect(servers).toHaveLength(1);
  vi.advanceTimersByTime(200);
  expect(servers).toHaveLength(2);
});

test('a store that was replaced by an older one is not resumed in', () => {
  const tab = newTab();
  hello(50);
  breaks();
  vi.advanceTimersByTime(1000);
  hello(3);
  expect(tab.said.at(-1)).toMatchObject({ hive: 'hello', missed: true, position: 3 });
});

test('fifty tabs are one connection, and each is told what it wants', () => {
  const tabs = Array.from({ length: 50 }, () => newTab());
  const few = newTab({ types: ['box.*'] });
  const one = newTab({ correlationId: 'odd' });
  vi.advanceTimersByTime(200);
  hello(1);
  server().say('events', [event(2), event(3), event(4, 'box.online')], 4);
  expect(servers).toHaveLength(1);
  for (const tab of tabs) expect(tab.positions()).toEqual([2, 3, 4]);
  expect(few.positions()).toEqual([4]);
  expect(one.positions()).toEqual([3]);
});

test('the union of what tabs want is asked for, anew from the same place when it changes, and quickly many times is once', () => {
  const first = newTab({ types: ['task.*'] });
  expect(server().url).toBe('/api/v1/stream?type=task.*');
  hello(5);
  expect(first.hellos()).toEqual([true]);
  const second = newTab({ types: ['box.*', 'task.*'] });
  const third = newTab({ types: ['agent.registered'] });
  expect([second.hellos(), servers.length]).toEqual([[], 1]);
  vi.advanceTimersByTime(150);
  expect(servers.map((it) => it.url).slice(1)).toEqual([
    '/api/v1/stream?type=agent.registered%2Cbox.*%2Ctask.*&after=5',
  ]);
  expect(first.connection()).toEqual({ state: 'live' });
  hello(6);
  expect([first.hellos(), second.hellos(), third.hellos()]).toEqual([[true, false], [true], [true]]);
  hub.drop(second.port);
  hub.hear(third.port, { hive: 'leave' });
  vi.advanceTimersByTime(150);
  expect(server().url).toBe('/api/v1/stream?type=task.*&after=5');
});

test('a tab that begins to want more learns that it may have missed some of that', () => {
  const tab = newTab({ types: ['task.*'] });
  newTab();
  vi.advanceTimersByTime(150);
  hello(5);
  tell(6);
  tab.join({ filter: null, after: 6 });
  expect(tab.hellos()).toEqual([true, true]);
  tab.join({ filter: { types: ['box.*'] }, after: 6 });
  expect(tab.hellos()).toEqual([true, true]);
});

test('a tab that comes to a new hub with its position goes on there, and is told when that is not possible', () => {
  const tab = newTab(null, 9);
  expect(server().url).toBe('/api/v1/stream?after=9');
  hello(12);
  expect(tab.hellos()).toEqual([false]);
  tell(10);
  const late = newTab(null, 3);
  expect(late.hellos()).toEqual([true]);
});

test('the last tab takes the connection with it, and the next one begins at the head', () => {
  const tab = newTab();
  hello(5);
  hub.drop(tab.port);
  expect(server().closed).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(servers).toHaveLength(1);
  newTab();
  expect(server().url).toBe('/api/v1/stream');
});

test('when all tabs are hidden for five minutes the connection is let go, and resumed by position when one is looked at', () => {
  const [tab, other] = [newTab(), newTab()];
  hello(5);
  tell(6);
  const beats = (minutes: number) => {
    for (let n = 0; n < minutes * 4; n++) {
      server().say('beat', { at: '', head: 6 }, 6);
      vi.advanceTimersByTime(15_000);
    }
  };
  tab.join({ visible: false, after: 6 });
  beats(10);
  other.join({ visible: false, after: 6 });
  beats(4.5);
  expect(server().closed).toBe(false);
  beats(1);
  expect(server().closed).toBe(true);
  vi.advanceTimersByTime(3_600_000);
  expect(servers).toHaveLength(1);
  tab.join({ visible: true, after: 6 });
  expect(servers.map(({ url }) => url).slice(1)).toEqual(['/api/v1/stream?after=6']);
});

test.each([
  null,
  undefined,
  7,
  'join',
  [],
  {},
  { hive: 'events', json: '[]', position: 3 },
  { hive: 'join' },
  { hive: 'join', filter: null, visible: true, after: -1 },
  { hive: 'join', filter: null, visible: true, after: '5' },
  { hive: 'join', filter: { types: 'task.*' }, visible: true, after: null },
  { hive: 'join', filter: { types: Array.from({ length: 51 }, () => 'task.*') }, visible: true, after: null },
  { hive: 'join', filter: { types: ['x'.repeat(101)] }, visible: true, after: null },
  { hive: 'join', filter: { correlationId: 'x'.repeat(10_000_000) }, visible: true, after: null },
  { hive: 'join', filter: {}, visible: 'yes', after: null },
])('what no tab of this build would say is passed over: %#', (message) => {
  const said: FromHub[] = [];
  hub.hear({ post: (it) => said.push(it) }, message);
  expect([said, servers]).toEqual([[], []]);
});

test('a question whether the hub is there is answered', () => {
  const said: FromHub[] = [];
  hub.hear({ post: (it) => said.push(it) }, { hive: 'ping' });
  expect(said).toEqual([{ hive: 'pong' }]);
});
