import { isHiveError } from '@hive/errors';
import type { EventFilter, FollowOptions, Page } from './api.ts';
import type { HiveEvent } from './catalogue.ts';
import type { Send } from './client.ts';
import { pause } from './pause-for.ts';
import { sseFrames, type SseFrame } from './sse.ts';
import { upcast } from './upcast.ts';

type Wire = {
  readonly send: Send;
  readonly pathOf: (filter: EventFilter, after: number | undefined) => string;
  /** One page of the log. */
  readonly events: (filter: EventFilter & { readonly until: number }) => Promise<Page<HiveEvent>>;
};

/** Two beats and a little: a stream that is silent for longer is dead although it looks open. */
const silenceMs = 35_000;
const firstPauseMs = 100;
const longestPauseMs = 5000;
/** About half a minute in all; then whoever follows is told that Hive is gone. */
const maxFailures = 8;

/**
 * Follows the log over `GET /stream`, and resumes where it was when the connection breaks: a frame counts when it is complete, so nothing is
 * lost and nothing comes twice. Throws when the first connection is refused, and when nobody has answered for half a minute.
 */
export async function* followStream(
  wire: Wire,
  filter: EventFilter,
  signal: AbortSignal,
  { onPassed }: FollowOptions,
): AsyncGenerator<HiveEvent> {
  let after = filter.after;
  let failures = 0;
  let opened = false;
  const passed = (position: number) => {
    after = position;
    onPassed?.(position);
  };

  while (!signal.aborted) {
    let pauseMs: number | undefined;
    try {
      for await (const { event, data, id } of connection(wire, filter, { after, signal })) {
        opened = true;
        failures = 0;
        const told = JSON.parse(data) as unknown; // the server's own frames, whose shapes are named below
        if (event === 'hello' && after === undefined) passed((told as { head: number }).head);
        if (event === 'events') yield* (told as HiveEvent[]).map((it) => upcast(it));
        if (event === 'gap') yield* missed(wire, filter, told as { from: number; to: number }, passed);
        if (id !== null) passed(Number(id));
        if (event === 'bye') pauseMs = (told as { retryMs?: number }).retryMs;
      }
    } catch (error) {
      if (signal.aborted) return;
      // A refusal in the server's words is final; a broken connection is not, until it has stayed broken for long.
      const broken = !isHiveError(error) || error.code === 'hive.unreachable';
      if (!broken || !opened || failures >= maxFailures) throw error;
    }
    failures += 1;
    await pause(pauseMs ?? Math.min(longestPauseMs, firstPauseMs * 2 ** failures), signal);
  }
}

/** What the server did not send because this reader was slow, from the log. Who is cut off in the middle goes on from the last page. */
async function* missed(
  { events }: Wire,
  filter: EventFilter,
  { from, to }: { readonly from: number; readonly to: number },
  passed: (position: number) => void,
): AsyncGenerator<HiveEvent> {
  for (let after = from; ;) {
    const page = await events({ ...filter, after, until: to, limit: 500 });
    yield* page.items;
    const last = page.items.at(-1);
    if (page.next === null || !last) return;
    passed((after = last.position));
  }
}

/** The frames of one connection, until it ends, falls silent, or the caller stops. */
async function* connection(
  { send, pathOf }: Wire,
  filter: EventFilter,
  { after, signal }: { readonly after: number | undefined; readonly signal: AbortSignal },
): AsyncGenerator<SseFrame> {
  const silent = new AbortController();
  let watchdog = setTimeout(() => silent.abort(), silenceMs);
  const heard = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => silent.abort(), silenceMs);
  };
  try {
    const response = await send(pathOf(filter, after), {
      headers: { accept: 'text/event-stream', ...(after !== undefined && { 'last-event-id': String(after) }) },
      signal: AbortSignal.any([signal, silent.signal]),
    });
    if (response.body) yield* sseFrames(bytesOf(response.body, heard));
  } finally {
    clearTimeout(watchdog);
  }
}

/** A body as chunks; leaving the loop early cancels it. Browsers cannot iterate a body yet. */
async function* bytesOf(body: ReadableStream<Uint8Array>, heard: () => void): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined); // it may be broken, which is why we leave
  }
}
