import type { Surroundings } from '@hive/bus';
import { anyRing, logRing, type RingMask, type Store } from '@hive/core-db';
import { openMemory, type Memory } from '@hive/core-db/memory';
import { HiveError } from '@hive/errors';
import type { Chance } from './chance.ts';
import type { Time } from './time.ts';

/** When the world began, for clocks on the wall. */
export const epochMs = Date.parse('2026-01-01T00:00:00.000Z');

/** What a call of the store meets on its way: nothing (null), or an error or a crash before or after it was carried out. */
export type Mishap = { readonly what: 'crash' | 'unavailable' | 'full'; readonly after: boolean } | null;

/** One life of a process: its own way to the store, its own timers, and how it is stopped. */
export type Life = {
  readonly store: Store;
  readonly around: Surroundings;
  isAlive(): boolean;
  /** Nothing of it goes on from here; calls that are under way may still reach the store. */
  kill(): void;
  /** It stands still, and does afterwards what it would have done. */
  pause(ms: number): void;
};

export type World = {
  readonly time: Time;
  readonly chance: Chance;
  readonly memory: Memory;
  readonly newId: (wallMs: number) => string;
};

const ringMs = 5;

/** Calls of the store that change something. */
const changing: ReadonlySet<string> = new Set(['write', 'claim', 'renew', 'beat', 'forget', 'hold', 'subscription']);

/** The calls that a life makes. What is not among them is not needed by bus and kit, and missing on purpose. */
const calls = [
  ...['now', 'write', 'heads', 'listHeads', 'countHeads', 'events', 'event', 'cursorAt', 'end', 'subscription'],
  ...['subscriptions', 'deadLetters', 'claim', 'steps', 'limitCounts', 'nextDue', 'renew', 'beat', 'agents'],
  ...['forget', 'hold', 'gone'],
] as const;

/** Begins a life. `mishapOf` is asked for each call; `skewMs` is how far its clock is off now; `onKilled` is told when it ends. */
export const beginLife = (
  { time, chance, memory, newId }: World,
  {
    mishapOf,
    skewMs,
    onKilled,
  }: {
    readonly mishapOf: (isChange: boolean) => Mishap;
    readonly skewMs: () => number;
    readonly onKilled: () => void;
  },
): Life => {
  const own = openMemory(memory);
  let alive = true;
  let asleep = false;
  const missed: (() => void)[] = [];

  /** Something happens to the process: a reply, a timer, a ring. */
  const enter = (act: () => void): void => {
    if (!alive) return;
    if (asleep) missed.push(act);
    else act();
  };
  const kill = (): void => {
    if (!alive) return;
    alive = false;
    // The others learn of it in a moment; what was sent before may come first.
    time.after(chance.next() * 5, () => void own.close());
    onKilled();
  };
  const travel = (act: () => void): void => void time.after(chance.next() * 2, act);

  const call = (name: string, args: readonly unknown[]): Promise<unknown> => {
    const mishap = mishapOf(changing.has(name));
    return new Promise((resolve, reject) => {
      if (!alive) return;
      if (mishap?.what === 'crash' && !mishap.after) return kill();
      const reply = (act: () => void) => travel(() => enter(act));
      travel(() => {
        if (mishap && mishap.what !== 'crash' && !mishap.after) return reply(() => reject(errorOf(mishap.what)));
        // The names are those of the port, which the compiler cannot see through the list.
        const done = (own as unknown as Record<string, (...given: readonly unknown[]) => Promise<unknown>>)[name]?.(
          ...args,
        );
        done?.then(
          (value) => {
            if (mishap?.what === 'crash') {
              kill();
            } else if (mishap) reply(() => reject(errorOf(mishap.what)));
            else reply(() => resolve(value));
          },
          (error: Error) => reply(() => reject(error)),
        );
      });
    });
  };

  let ringing: RingMask | null = null;
  /** As the doorbells of the databases do: what is rung in quick succession is heard once. */
  const ringOnce = (about = anyRing): void => {
    if (ringing === null)
      time.after(chance.next() * ringMs, () => {
        own.ring(ringing ?? anyRing);
        ringing = null;
      });
    ringing = (ringing ?? logRing) | about;
  };

  const port = Object.fromEntries(calls.map((name) => [name, (...args: readonly unknown[]) => call(name, args)]));
  const store = {
    ...port,
    dialect: 'memory',
    ring: ringOnce,
    listen: (heard: (about: RingMask) => void) => own.listen((about) => enter(() => heard(about))),
    close: async () => {
      alive = false;
      await own.close();
    },
  } as unknown as Store; // made of the names above

  const wall = () => epochMs + time.now() + skewMs();
  return {
    store,
    around: {
      elapsed: () => time.now(),
      wall,
      random: () => chance.next(),
      newId: () => newId(wall()),
      after: (ms, act) => time.after(ms, () => enter(act)),
    },
    isAlive: () => alive,
    kill,
    pause: (ms) => {
      asleep = true;
      time.after(ms, () => {
        asleep = false;
        for (const act of missed.splice(0)) enter(act);
      });
    },
  };
};

const errorOf = (what: 'crash' | 'unavailable' | 'full'): HiveError =>
  what === 'full'
    ? new HiveError('infra.disk', 'The disk is full', { remedy: 'retry' })
    : new HiveError('store.unavailable', 'The line broke', { remedy: 'retry' });

/** Makes ids as uuid 7 does: the time that the maker's clock shows, then a number. */
export const createIds = (): ((wallMs: number) => string) => {
  let count = 0;
  return (wallMs) => {
    const time = Math.floor(wallMs).toString(16).padStart(12, '0');
    // A claim makes the ids of its events from one, by their last three digits.
    const tail = `${(count++).toString(16).padStart(9, '0')}000`;
    return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${tail}`;
  };
};
