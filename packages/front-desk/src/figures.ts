import type { Cursor, Store } from '@hive/core-db';
import { addNotes, figuresOf, figuresSpan, type Desk, type FiguresWindow, type Noted } from '@hive/events';
import { placeAt, positionBefore, timeAfter } from './log-places.ts';

const pageSize = 1000;
/** More than this is not read: figures then begin later, and say so. */
const mostEvents = 200_000;
/** After so long without a question what was noted is forgotten. */
const idleMs = 10 * 60_000;

type Read = { readonly notes: Noted[]; readonly windowMs: number; fromMs: number; cursor: Cursor };

/** What happened lately, folded from the log: read once as far back as was asked for, then on from there. */
export const createFigures = (store: Store): Desk['figures'] => {
  let known: Read | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  let forget: NodeJS.Timeout | undefined;

  const upToDate = async (window: FiguresWindow): Promise<{ read: Read; untilMs: number }> => {
    const { ms, stepMs } = figuresSpan[window];
    const untilMs = Date.parse(await store.now());
    const read = known !== null && known.windowMs >= ms ? known : await begin(store, untilMs - ms - stepMs, ms);
    await catchUp(store, read);
    const oldest = read.notes.findIndex(({ atMs }) => atMs >= untilMs - read.windowMs - stepMs);
    if (oldest > 0) read.notes.splice(0, oldest);
    known = read;
    clearTimeout(forget);
    forget = setTimeout(() => (known = null), idleMs).unref();
    return { read, untilMs };
  };

  return async ({ window = '1h' } = {}) => {
    // One reader at a time: two would note the same events twice.
    const mine = turn.then(() => upToDate(window));
    turn = mine.catch(() => undefined);
    const { read, untilMs } = await mine;
    return figuresOf(read.notes, { window, untilMs, fromMs: read.fromMs });
  };
};

const catchUp = async (store: Store, read: Read): Promise<void> => {
  for (;;) {
    const { events, looked } = await store.events({ after: read.cursor, limit: pageSize });
    addNotes(read.notes, events);
    read.cursor = looked;
    if (events.length < pageSize) return;
  }
};

/** Where to begin: after the last event before that moment. */
const begin = async (store: Store, sinceMs: number, windowMs: number): Promise<Read> => {
  const earliest = Math.max(0, (await store.end()).position - mostEvents);
  const position = await positionBefore(store, sinceMs, earliest);
  const isCut = earliest > 0 && position === earliest;
  const fromMs = isCut ? ((await timeAfter(store, position)) ?? sinceMs) : sinceMs;
  return { notes: [], windowMs, fromMs, cursor: await placeAt(store, position) };
};
