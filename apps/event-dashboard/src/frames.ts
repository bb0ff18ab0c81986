import { hasCode } from '@hive/errors';
import type { Desk, EventFilter, HiveEvent } from '@hive/events';

/** What the stream needs besides the desk. Times are for tests. */
export type FrameOptions = {
  readonly build: string;
  readonly filter: EventFilter;
  /** The reader has gone. */
  readonly signal: AbortSignal;
  /** The building drains. */
  readonly draining: AbortSignal;
  readonly beatMs?: number;
  readonly gatherMs?: number;
};

const maxEvents = 256;
const maxBytes = 64 * 1024;

const frame = (event: string, data: unknown, id?: number): string =>
  `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;

/** Resolves after `ms`, or with `rung`, which must not live for ever: each waiting would stay attached to it. */
const wait = (ms: number, rung?: Promise<void>): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  return Promise.race(rung ? [promise, rung] : [promise]).finally(() => clearTimeout(timer));
};

/** A place where one side waits for the other; a ring before the waiting is not lost. */
const createBell = () => {
  let next = Promise.withResolvers<void>();
  return {
    get rung() {
      return next.promise;
    },
    ring: () => next.resolve(),
    reset: () => {
      next = Promise.withResolvers<void>();
    },
  };
};

/**
 * The frames of one client: `hello`, then `events` in batches, a `beat` when nothing was told for a while, and `bye` at the end. Frames are made
 * when the client takes them; at most one batch waits for a slow one, everything else stays in the log.
 */
export async function* streamFrames(
  desk: Pick<Desk, 'events' | 'follow'>,
  options: FrameOptions,
): AsyncGenerator<string> {
  const { filter, signal, draining, beatMs = 15_000, gatherMs = 16 } = options;
  const { head, oldest } = await edges(desk);
  const after = await placeIn(desk, filter.after, head);
  yield `retry: 1000\n${frame('hello', { build: options.build, head, oldest, beatMs })}`;

  const pending: HiveEvent[] = [];
  const [filled, taken] = [createBell(), createBell()];
  let passed: number | null = null;
  let failed = false;
  const pump = async () => {
    for await (const event of desk.follow({ ...filter, after }, signal, {
      onPassed: (position) => (passed = position),
    })) {
      pending.push(event);
      filled.ring();
      while (pending.length >= maxEvents && !signal.aborted) {
        taken.reset();
        await wait(beatMs, taken.rung);
      }
    }
  };
  void pump()
    .catch(() => (failed = true))
    .finally(filled.ring);

  for (const end of [signal, draining]) end.addEventListener('abort', filled.ring, { once: true });
  const isOver = () => signal.aborted || draining.aborted || failed;
  while (!isOver()) {
    if (pending.length === 0) {
      filled.reset();
      await wait(beatMs, filled.rung);
    }
    if (pending.length > 0) {
      if (pending.length < maxEvents) await wait(gatherMs);
      while (pending.length > 0) yield takeBatch(pending);
      taken.ring();
    } else if (!isOver()) {
      const end = passed; // read before the answer about the head: it must not claim what came since
      yield frame('beat', { at: new Date().toISOString(), head: (await edges(desk)).head }, end ?? undefined);
    }
  }
  if (!signal.aborted)
    yield frame('bye', { reason: draining.aborted ? 'drain' : 'the log cannot be read', retryMs: 1000 });
}

/** Where to begin. A place that this log does not have belongs to another one: who asks for it learns of the end of this one by `hello`. */
const placeIn = async (desk: Pick<Desk, 'events'>, after: number | undefined, head: number): Promise<number> => {
  if (after === undefined) return head;
  try {
    await desk.events({ after, limit: 1 });
    return after;
  } catch (error) {
    if (!hasCode(error, 'cursor.unknown')) throw error;
    return head;
  }
};

const takeBatch = (pending: HiveEvent[]): string => {
  let bytes = 0;
  let count = 0;
  for (const event of pending.slice(0, maxEvents)) {
    bytes += JSON.stringify(event).length;
    if (count > 0 && bytes > maxBytes) break;
    count += 1;
  }
  const batch = pending.splice(0, count);
  return frame('events', batch, batch.at(-1)?.position);
};

const edges = async (desk: Pick<Desk, 'events'>): Promise<{ head: number; oldest: number }> => {
  const [newest, oldest] = await Promise.all([desk.events({ newest: true, limit: 1 }), desk.events({ limit: 1 })]);
  return { head: newest.items[0]?.position ?? 0, oldest: oldest.items[0]?.position ?? 0 };
};
