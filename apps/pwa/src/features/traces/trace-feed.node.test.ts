import type { ReactiveControllerHost } from 'lit';
import { expect, test, vi } from 'vitest';
import { createColumns, type HiveEvent, type Result, type TraceColumns } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import type { LiveNews, LiveStream } from '../../data/live-stream.ts';
import { askAhead } from './trace-ahead.ts';
import { TraceFeed } from './trace-feed.ts';

const id = '0199a000-0000-7000-8000-000000000000';

const idAt = (position: number): string => id.slice(0, -3) + String(position).padStart(3, '0');

const eventAt = (position: number): HiveEvent =>
  ({
    ...{ id: idAt(position), position, type: 'task.ready', stream: `task/${id}`, version: position, correlationId: id },
    ...{ causationId: null, at: new Date(position).toISOString(), actor: 'queen', data: { taskId: id } },
  }) as unknown as HiveEvent; // as far as a row needs it

/** One row at each of these positions. */
const partOf = (...positions: readonly number[]): TraceColumns => partBefore(null, ...positions);

/** The same, and what follows it. */
const partBefore = (next: string | null, ...positions: readonly number[]): TraceColumns => {
  const columns = createColumns(id);
  for (const position of positions)
    columns.add({
      ...{ id: idAt(position), causationId: null, position, at: position },
      ...{ type: 'task.ready', actor: 'queen', subject: 's', words: '', step: null, tookMs: 0 },
      ...{ isError: false, isTask: true, byModel: false },
    });
  return columns.end({ next, positionOf: () => undefined });
};

/** A feed of a trace whose parts are answered when the test says so. */
const following = (showLive = () => false) => {
  const asked: ((part: TraceColumns) => void)[] = [];
  let hear: (news: LiveNews) => void = () => undefined;
  const host = { addController: vi.fn(), requestUpdate: vi.fn() };
  const desk = {
    traceColumns: () => new Promise<TraceColumns>((resolve) => asked.push(resolve)),
    workflow: () => Promise.resolve({ status: 'running' } as Result),
    trace: () => Promise.resolve([]),
  };
  const live = {
    follow: (heard: (news: LiveNews) => void) => {
      hear = heard;
      return () => undefined;
    },
  };
  const feed = new TraceFeed(host as unknown as ReactiveControllerHost, {
    desk: () => desk as unknown as RoomDesk,
    live: () => live as unknown as LiveStream,
    correlationId: () => id,
    showLive,
  });
  feed.hostConnected();
  return { feed, asked, hear: (news: LiveNews) => hear(news) };
};

test('a trace is whole with what was asked for, while what the stream missed since is still read', async () => {
  const { feed, asked, hear } = following();
  hear({ kind: 'hello', build: '', missed: true });
  asked[0]?.(partOf(1, 2));
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  expect(feed.value?.isWhole).toBe(true);
  expect(feed.value?.store.rows).toBe(2);
  asked[1]?.(partOf(3));
  await vi.waitFor(() => expect(feed.value?.store.rows).toBe(3));
  feed.hostDisconnected();
});

test('what a view shows itself is told of once in a while, and of what it cannot show at once', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    let shows = true;
    const { feed, asked, hear } = following(() => shows);
    asked[0]?.(partOf(1));
    await vi.advanceTimersByTimeAsync(1000);
    const told = () => feed.value?.version === feed.value?.store.version;
    const come = (position: number) => hear({ kind: 'events', events: [eventAt(position)] });
    come(2);
    await vi.advanceTimersByTimeAsync(500); // it was also asked what the workflow has come to, and that was told
    come(3);
    expect(told()).toBe(true);
    come(4);
    expect(feed.value?.store.rows).toBe(4);
    await vi.advanceTimersByTimeAsync(100);
    expect(told()).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect(told()).toBe(true);
    shows = false;
    come(5);
    await vi.advanceTimersByTimeAsync(10);
    expect(told()).toBe(true);
    feed.hostDisconnected();
  } finally {
    vi.useRealTimers();
  }
});

test('what was asked for ahead is not taken for what the workflow has come to since', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const { feed, asked, hear } = following();
    asked[0]?.(partOf(1));
    await vi.waitFor(() => expect(feed.value?.isWhole).toBe(true));
    vi.advanceTimersByTime(6000);
    const workflow = vi.fn(() => Promise.resolve({ status: 'failed' } as Result));
    askAhead({ workflow, traceColumns: () => new Promise(() => undefined) }, id);
    expect(workflow).toHaveBeenCalled();
    const before = feed.value;
    hear({ kind: 'events', events: [eventAt(2)] });
    await vi.waitFor(() => expect(feed.value).not.toBe(before));
    await new Promise((asking) => setTimeout(asking, 20));
    expect(feed.value?.result?.status).toBe('running');
  } finally {
    vi.useRealTimers();
  }
});

test('the rows of a first part are drawn together with the second one where that comes soon, and else without it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    vi.advanceTimersByTime(60_000); // what the test before asked for is old by then
    const [soon, late] = [following(), following()];
    for (const { asked } of [soon, late]) asked[0]?.(partBefore('1', 1));
    await vi.advanceTimersByTimeAsync(100);
    expect([soon, late].map(({ feed, asked }) => [feed.value?.store.rows, feed.isDrawn, asked.length])).toEqual([
      [1, false, 2],
      [1, false, 2],
    ]);
    soon.asked[1]?.(partOf(2));
    await vi.advanceTimersByTimeAsync(10);
    expect([soon.feed.isDrawn, soon.feed.value?.isWhole, soon.feed.value?.store.rows]).toEqual([true, true, 2]);
    await vi.advanceTimersByTimeAsync(1000);
    expect([late.feed.isDrawn, late.feed.value?.isWhole]).toEqual([true, false]);
    for (const { feed } of [soon, late]) feed.hostDisconnected();
  } finally {
    vi.useRealTimers();
  }
});
