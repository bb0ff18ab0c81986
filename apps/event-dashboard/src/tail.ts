import { matchesTypes, type Desk, type EventFilter, type HiveEvent } from '@hive/events';

/** A place in the tail: counts events since it began. Places grow by one, positions of the log need not. */
export type Place = number;

/** One event as clients are told it; its JSON is made once for all of them. */
type Told = Pick<HiveEvent, 'position' | 'type' | 'correlationId'> & { readonly json: string };

/** What a client is told of. */
export type Wanted = Pick<EventFilter, 'types' | 'correlationId'>;

/** Some of the tail for one kind of client: the events, the place and the position after them. */
export type Batch = {
  readonly events: readonly Told[];
  readonly place: Place;
  readonly position: number;
};

/**
 * The newest part of the log, read once for all clients of this process. It keeps at most 4,096 events and 2 MiB of them; clients hold places
 * in it and no events, so that a slow one costs nothing here. Who has fallen out of it reads the log.
 */
export type Tail = {
  /** Begins to read when the first one comes, and stops with the last. `wake` is called after each tick and when it is over. Throws when the log cannot be read. */
  join(wake: () => void): Promise<Seat>;
  /** What all may be told of now; it moves by ticks, so that clients who keep pace are told the same. */
  now(): { readonly place: Place; readonly position: number };
  /** The first place of which the events are still here. */
  oldest(): Place;
  /** The place after the event at this position; null when it is not here. */
  placeOf(position: number): Place | null;
  /** The next events for who has passed `from`, which must be here. */
  batch(from: Place, wanted: Wanted): Batch;
};

/** A client's part in the tail. `over`: the log could not be read any more; the tail begins anew with the next one who joins. */
export type Seat = { leave(): void; over(): boolean };

/** Times and sizes are for tests. */
export type TailOptions = {
  readonly gatherMs?: number;
  readonly keepEvents?: number;
  readonly keepChars?: number;
};

export const batchEvents = 256;
export const batchChars = 64 * 1024;

/** Follows the log of this desk. */
export const createTail = (
  desk: Pick<Desk, 'events' | 'follow'>,
  { gatherMs = 8, keepEvents = 4096, keepChars = 2 * 1024 * 1024 }: TailOptions = {},
): Tail => {
  const members = new Set<() => void>();
  /** `kept[i]` is the event at place `first + i + 1`: between the places before and after it. */
  let kept: Told[] = [];
  let first: Place = 0;
  let chars = 0;
  let before = 0; // the position at the place `first`
  let shown: { place: Place; position: number } = { place: 0, position: 0 };
  let places = new Map<number, Place>();
  let reading: { stop: AbortController; begun: Promise<void> } | null = null;
  let ticked = -Infinity;
  let due: (() => void) | null = null;

  const wakeAll = () => {
    for (const wake of members) wake();
  };

  const forget = () => {
    // In one go and not one by one: moving a long array for each event would cost more than all the rest.
    let many = Math.max(0, kept.length - keepEvents);
    let left = chars;
    for (let i = 0; i < many; i++) left -= kept[i]?.json.length ?? 0;
    while (left > keepChars && many < kept.length) left -= kept[many++]?.json.length ?? 0;
    if (many === 0) return;
    for (const told of kept.slice(0, many)) places.delete(told.position);
    before = kept[many - 1]?.position ?? before;
    kept = kept.slice(many);
    first += many;
    chars = left;
  };

  const tick = () => {
    due = null;
    ticked = performance.now();
    forget();
    shown = { place: first + kept.length, position: kept.at(-1)?.position ?? before };
    wakeAll();
  };
  /** At once after a pause, else when the last tick is long enough ago. */
  const tickSoon = () => {
    if (due) return;
    const restMs = ticked + gatherMs - performance.now();
    if (restMs > 0) {
      const timer = setTimeout(tick, restMs);
      due = () => clearTimeout(timer);
    } else {
      const turn = setImmediate(tick); // what was read together is told together
      due = () => clearImmediate(turn);
    }
  };

  const take = (event: HiveEvent) => {
    const { position, type, correlationId } = event;
    const json = JSON.stringify(event);
    kept.push({ position, type, correlationId, json });
    chars += json.length;
    places.set(position, first + kept.length);
    tickSoon();
  };

  const end = () => {
    reading?.stop.abort();
    reading = null;
    due?.();
    due = null;
    // Places go on: nobody who still holds one may mistake it for one of the next reading.
    first += kept.length;
    kept = [];
    chars = 0;
    places = new Map();
    wakeAll();
  };

  const begin = () => {
    const stop = new AbortController();
    const read = async (begun: () => void) => {
      const newest = await desk.events({ newest: true, limit: 1 });
      if (stop.signal.aborted) return;
      before = newest.items[0]?.position ?? 0;
      places.set(before, first);
      shown = { place: first, position: before };
      begun();
      for await (const event of desk.follow({ after: before }, stop.signal)) take(event);
      if (!stop.signal.aborted) throw new Error('the log ended');
    };
    const begun = new Promise<void>((resolve, reject) => {
      read(resolve).catch((error: unknown) => {
        reject(error instanceof Error ? error : new Error(String(error)));
        if (reading?.stop === stop) end();
      });
    });
    begun.catch(() => undefined); // whoever waits for it is told
    return { stop, begun };
  };

  return {
    join: async (wake) => {
      members.add(wake);
      const leave = () => {
        members.delete(wake);
        if (members.size === 0 && reading) end();
      };
      reading ??= begin();
      const mine = reading;
      try {
        await mine.begun;
      } catch (error) {
        leave();
        throw error;
      }
      return { leave, over: () => reading !== mine };
    },
    now: () => shown,
    oldest: () => first,
    placeOf: (position) => {
      const place = places.get(position) ?? null;
      return place !== null && place >= first && place <= shown.place ? place : null;
    },
    batch: (from, wanted) => {
      const events: Told[] = [];
      let sum = 0;
      let place = from;
      let position = from === first ? before : (kept[from - first - 1]?.position ?? before);
      for (; place < shown.place; place++) {
        const told = kept[place - first];
        if (!told) break;
        const isWanted =
          (wanted.correlationId === undefined || told.correlationId === wanted.correlationId) &&
          (wanted.types === undefined || wanted.types.length === 0 || matchesTypes(told.type, wanted.types));
        if (isWanted) {
          sum += told.json.length;
          if (events.length > 0 && sum > batchChars) break;
          events.push(told);
        }
        position = told.position;
        if (events.length === batchEvents) {
          place += 1;
          break;
        }
      }
      return { events, place, position };
    },
  };
};
