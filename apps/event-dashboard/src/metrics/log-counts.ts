import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { origin, type Cursor, type Store } from '@hive/core-db';
import { countEvent, noCounts, type Counts } from './fold-events.ts';

const pageSize = 500;
/** An answer waits so long for what is not counted yet; the rest is counted behind it. */
const patienceMs = 1000;
/** How often it is written down how far was counted. */
const keepMs = 60_000;

const Histogram = z.strictObject({ counts: z.array(z.number()), sum: z.number(), count: z.number() });
const Kept = z.strictObject({
  version: z.literal(1),
  cursor: z.strictObject({ xid: z.string(), position: z.int() }),
  /** The event at the cursor: another log has another one there. */
  eventId: z.string().nullable(),
  counts: z.strictObject({
    counters: z.record(z.string(), z.record(z.string(), z.number())),
    histograms: z.record(z.string(), z.record(z.string(), Histogram)),
  }),
});

/** The counters of the log, and how far they were counted. */
export type LogCounts = {
  /** Counts what was recorded since the last call, for a second at most. */
  read(): Promise<{ readonly counts: Counts; readonly position: number }>;
  /** Writes down how far was counted. */
  keep(): void;
};

/**
 * Counters that are folded from the log once: each event is read one time, whoever asks how often, and after a restart counting goes on where it was.
 * `file` holds them; without it, or when it is of another log, counting begins anew.
 */
export const createLogCounts = (store: Pick<Store, 'events' | 'event'>, file: string): LogCounts => {
  let counts = noCounts();
  let cursor: Cursor = origin;
  let eventId: string | null = null;
  let kept = { position: -1, at: 0 };
  let reading: Promise<void> | null = null;

  const begin = async (): Promise<void> => {
    const known = Kept.safeParse(jsonIn(file));
    if (!known.success || known.data.eventId === null) return;
    const event = await store.event(known.data.eventId);
    if (event?.position !== known.data.cursor.position || event.cursor.xid !== known.data.cursor.xid) return;
    ({ counts, cursor, eventId } = known.data);
  };
  let begun: Promise<void> | null = null;

  const keep = (): void => {
    if (cursor.position === kept.position) return;
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify({ version: 1, cursor, eventId, counts }), { mode: 0o600 });
    renameSync(draft, file);
    kept = { position: cursor.position, at: Date.now() };
  };

  const catchUp = async (): Promise<void> => {
    begun ??= begin().catch((error: unknown) => {
      begun = null; // it was not said where to begin
      throw error;
    });
    await begun;
    for (;;) {
      const { events } = await store.events({ after: cursor, limit: pageSize });
      for (const event of events) countEvent(counts, event);
      const last = events.at(-1);
      if (last) [cursor, eventId] = [last.cursor, last.id];
      if (events.length < pageSize) break;
      await setImmediate(); // a store that answers without waiting would let nobody else have a turn
    }
    if (Date.now() - kept.at >= keepMs) keep();
  };

  return {
    read: async () => {
      reading ??= catchUp().finally(() => (reading = null));
      const timer = Promise.withResolvers<void>();
      const late = setTimeout(timer.resolve, patienceMs);
      // Whoever asks is not told of trouble that came after their second; the next one is.
      reading.catch(() => undefined);
      await Promise.race([reading, timer.promise]).finally(() => clearTimeout(late));
      return { counts, position: cursor.position };
    },
    keep,
  };
};

const jsonIn = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null; // there is none yet, or a half of one: what it would say is counted anew
  }
};
