import { hasCode } from '@hive/errors';
import type { Desk, EventFilter, HiveEvent } from '@hive/events';
import { batchChars, batchEvents, type Batch, type Place, type Seat, type Tail, type Wanted } from './tail.ts';

/** What the stream needs besides the log. Times are for tests. */
export type FrameOptions = {
  readonly build: string;
  readonly filter: EventFilter;
  /** The reader has gone. */
  readonly signal: AbortSignal;
  /** The building drains. */
  readonly draining: AbortSignal;
  readonly beatMs?: number;
  /** Is handed a way to ask how many events this client is behind. */
  readonly onBegun?: (behind: () => number) => void;
};

const encoder = new TextEncoder();
const text = (event: string, json: string, id?: number): Uint8Array =>
  encoder.encode(`event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${json}\n\n`);
const frame = (event: string, data: unknown, id?: number): Uint8Array => text(event, JSON.stringify(data), id);

const eventsFrame = (batch: readonly { readonly position: number; readonly json: string }[]): Uint8Array | null =>
  batch.length === 0 ? null : text('events', `[${batch.map(({ json }) => json).join(',')}]`, batch.at(-1)?.position);

/** Clients that keep pace with one filter are told the same bytes, made once. */
export type Frames = {
  readonly tail: Tail;
  next(from: Place, wanted: Wanted): Omit<Batch, 'events'> & { readonly bytes: Uint8Array | null };
};

/** Frames from the tail, remembered until its next tick. */
export const createFrames = (tail: Tail): Frames => {
  let made = new Map<string, ReturnType<Frames['next']>>();
  let madeAt: Place = -1;
  return {
    tail,
    next: (from, wanted) => {
      if (madeAt !== tail.now().place) {
        made = new Map();
        madeAt = tail.now().place;
      }
      const key = JSON.stringify([from, wanted.correlationId, wanted.types]);
      let found = made.get(key);
      if (!found) {
        const { events, place, position } = tail.batch(from, wanted);
        found = { bytes: eventsFrame(events), place, position };
        made.set(key, found);
      }
      return found;
    },
  };
};

/** Waits until it is woken, and not for longer than `ms`; a call between two waits is not lost. */
const createBell = () => {
  let rung = false;
  let done: (() => void) | null = null;
  return {
    ring: () => {
      rung = true;
      done?.();
    },
    heard: (ms: number): Promise<void> =>
      new Promise((resolve) => {
        const timer = setTimeout(() => done?.(), ms);
        done = () => {
          clearTimeout(timer);
          [rung, done] = [false, null];
          resolve();
        };
        if (rung) done();
      }),
  };
};

/**
 * The frames of one client: `hello`, then what the log has after its place, then what is recorded from now on, in batches; a `beat` when nothing
 * was told for a while, and `bye` at the end. Frames are made when the client takes them, and nothing waits for a slow one: where the tail has
 * gone on without it, it is told the range that it missed (`gap`) and reads that from the log. Throws when the log cannot be read at the start.
 */
export async function* streamFrames(
  frames: Frames,
  desk: Pick<Desk, 'events'>,
  options: FrameOptions,
): AsyncGenerator<Uint8Array> {
  const { signal, draining } = options;
  const { ring, heard } = createBell();
  for (const end of [signal, draining]) end.addEventListener('abort', ring, { once: true });
  let seat: Seat | null = null;
  try {
    seat = await frames.tail.join(ring);
    yield* tell(frames, desk, { ...options, seat, heard });
  } finally {
    seat?.leave();
    for (const end of [signal, draining]) end.removeEventListener('abort', ring);
  }
}

/** Where a client is, in the tail and in the log. */
type Passed = { place: Place; position: number };

async function* tell(
  { tail, next }: Frames,
  desk: Pick<Desk, 'events'>,
  {
    build,
    filter,
    signal,
    draining,
    seat,
    heard,
    onBegun,
    beatMs = 15_000,
  }: FrameOptions & { readonly seat: Seat; readonly heard: (ms: number) => Promise<void> },
): AsyncGenerator<Uint8Array> {
  const isOver = () => signal.aborted || draining.aborted || seat.over();
  const { items } = await desk.events({ limit: 1 });
  const began = tail.now();
  const hello = { build, head: began.position, oldest: items[0]?.position ?? 0, beatMs };
  yield encoder.encode(`retry: 1000\nevent: hello\ndata: ${JSON.stringify(hello)}\n\n`);

  const passed: Passed = { ...began };
  onBegun?.(() => tail.now().place - passed.place);
  if (filter.after !== undefined) {
    const { after } = filter;
    while (tail.placeOf(after) === null && !isOver() && (await isAhead(desk, after, tail.now()))) await heard(beatMs);
    const place = tail.placeOf(after);
    if (place === null) yield* replay(tail, desk, { filter, after, passed, isOver });
    else Object.assign(passed, { place, position: after });
  }

  let toldAt = performance.now();
  while (!isOver()) {
    const end = tail.now();
    if (passed.place < tail.oldest()) {
      yield frame('gap', { from: passed.position, to: end.position, reason: 'slow reader' }, end.position);
      Object.assign(passed, end);
      toldAt = performance.now();
    } else if (passed.place < end.place) {
      const { bytes, place, position } = next(passed.place, filter);
      Object.assign(passed, { place, position });
      if (!bytes) continue;
      yield bytes;
      toldAt = performance.now();
    } else if (performance.now() - toldAt >= beatMs) {
      yield frame('beat', { at: new Date().toISOString(), head: end.position }, passed.position);
      toldAt = performance.now();
    } else await heard(toldAt + beatMs - performance.now());
  }
  if (!signal.aborted)
    yield frame('bye', { reason: draining.aborted ? 'drain' : 'the log cannot be read', retryMs: 1000 });
}

/** Whether a client was told something, elsewhere, that this process has not read yet. Not of a position that this log does not have. */
const isAhead = async (desk: Pick<Desk, 'events'>, after: number, end: { readonly position: number }) => {
  const between = await page(desk, { after: end.position, until: after, limit: 1 });
  return between !== null && between.items.length > 0;
};

/**
 * Tells what the log has after a position, page by page as the client takes it, up to where the tail was when the page was read; there the tail
 * goes on. The log itself may have more by then: reading to its end, as the tail does later, would tell that twice.
 */
async function* replay(
  tail: Tail,
  desk: Pick<Desk, 'events'>,
  {
    filter: { types, correlationId },
    after: begin,
    passed,
    isOver,
  }: {
    readonly filter: EventFilter;
    readonly after: number;
    readonly passed: Passed;
    readonly isOver: () => boolean;
  },
): AsyncGenerator<Uint8Array> {
  const wanted = { ...(types && { types }), ...(correlationId !== undefined && { correlationId }) };
  for (let after = begin; !isOver();) {
    const joint = tail.now();
    const read = await page(desk, { ...wanted, after, until: joint.position, limit: batchEvents });
    // A place that this log does not have belongs to another one: who asks for it learns of the end of this one by `hello`.
    if (read === null) return;
    for (const events of inBatches(read.items)) {
      const bytes = eventsFrame(events);
      if (bytes) yield bytes;
    }
    if (read.next === null) return void Object.assign(passed, joint);
    after = read.items.at(-1)?.position ?? after;
  }
}

/** A page of the log; null when a position is none of this log. */
const page = async (desk: Pick<Desk, 'events'>, filter: Parameters<Desk['events']>[0]) => {
  try {
    return await desk.events(filter);
  } catch (error) {
    if (!hasCode(error, 'cursor.unknown')) throw error;
    return null;
  }
};

function* inBatches(events: readonly HiveEvent[]) {
  let batch: { position: number; json: string }[] = [];
  let chars = 0;
  for (const event of events) {
    const json = JSON.stringify(event);
    if (batch.length > 0 && chars + json.length > batchChars) {
      yield batch;
      [batch, chars] = [[], 0];
    }
    batch.push({ position: event.position, json });
    chars += json.length;
  }
  yield batch;
}
