import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { breakOff, lockClass, sayGoodbye, sessionConfig } from './connection.ts';
import { anyRing, knownRing, type RingMask } from '../ring-mask.ts';
import { pidOf, type PoolerProbe } from './pooler.ts';

/** The one session of a process that stays open: it holds the locks that show that the process lives, and hears rings where it is to listen. */
export type Presence = {
  /** Opens the session if it is not open yet. */
  readonly start: () => void;
  /** Whether rings are to be heard; at first they are. */
  readonly listen: (isTo: boolean) => void;
  /** Holds a lock of its own for this incarnation, again with a new number after each reconnect. */
  readonly hold: (incarnation: string) => Promise<void>;
  readonly release: (incarnation: string) => Promise<void>;
  /** The number of the lock that is held for an incarnation; null where a pooler lends sessions, and its lease alone says that it lives. */
  readonly markOf: (incarnation: string) => string | null;
  readonly close: () => Promise<void>;
};

/** The channel of the doorbell. */
export const channel = 'hive';

/** A line that is dead in one direction says nothing by itself, so it is asked. */
const askMs = 2_000;
const answerMs = 3_000;
const longestPauseMs = 2_000;

/**
 * The session never opens a transaction: a listener inside one lets the queue of notifications grow without bound. A lost one is opened again
 * for as long as it takes, after pauses of random length: many processes lose theirs at once. There is none where sessions are lent by a pooler.
 */
export const createPresence = (
  url: string,
  on: {
    /** `by` is the number of the session that rang; null when nobody did, and there may be something. */
    readonly heard: (about: RingMask, by: number | null) => void;
    readonly marked: (incarnation: string, mark: string | null) => Promise<unknown>;
  },
  pooler: PoolerProbe,
): Presence => {
  const marks = new Map<string, string | null>();
  let listens = true;
  let client: pg.Client | null = null;
  let opening: Promise<void> | null = null;
  const closing = new AbortController();
  const pause = (ms: number) => sleep(ms, undefined, { signal: closing.signal }).catch(() => undefined);

  const open = async (): Promise<void> => {
    for (let attempt = 0; !closing.signal.aborted && !pooler.isLent(); attempt++) {
      if (attempt > 0) await pause(Math.random() * Math.min(longestPauseMs, 50 * 2 ** attempt));
      const next = new pg.Client({ ...sessionConfig(url, { readonly: false }), query_timeout: answerMs });
      // Without a listener a broken line would end the process.
      next.on('error', () => {});
      try {
        await next.connect();
        if (await pooler.ask(next)) {
          await sayGoodbye(next);
          return;
        }
        // One of an older Hive says nothing.
        next.on('notification', ({ payload, processId }) => {
          on.heard(payload ? knownRing(Number(payload)) : anyRing, processId);
        });
        const listened = listens;
        if (listened) await next.query(`listen ${channel}`);
        for (const incarnation of marks.keys()) await lock(next, incarnation);
        next.on('end', () => {
          if (client !== next) return;
          client = null;
          opening = closing.signal.aborted ? null : open();
        });
        client = next;
        if (listens !== listened) void inTurn(() => hearken(next));
        void watch(next);
        // What was rung while nobody listened is unknown.
        on.heard(anyRing, null);
        return;
      } catch {
        breakOff(next);
      }
    }
  };

  let last: Promise<unknown> = Promise.resolve();
  /** A session does one thing at a time. */
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const next = last.then(act);
    last = next.catch(() => undefined);
    return next;
  };

  /** Begins or ends to listen, as it is to be by then. */
  const hearken = async (session: pg.Client): Promise<void> => {
    try {
      const isTo = listens;
      await session.query(isTo ? `listen ${channel}` : 'unlisten *');
      if (isTo) on.heard(anyRing, null);
    } catch {
      breakOff(session);
    }
  };

  const lock = async (session: pg.Client, incarnation: string): Promise<void> => {
    const { rows } = await session.query<{ mark: string }>(`select nextval('agent_mark') as mark`);
    const mark = rows[0]?.mark ?? '';
    await session.query('select pg_advisory_lock($1, $2)', [lockClass, Number(mark)]);
    marks.set(incarnation, mark);
    await on.marked(incarnation, mark);
  };

  /** Lets a session go that does not answer any more; its `end` opens the next one. */
  const watch = async (session: pg.Client): Promise<void> => {
    for (;;) {
      await pause(askMs * (0.8 + Math.random() * 0.4));
      if (client !== session) return;
      const isAlive = await inTurn(() => pidOf(session)).then(
        () => true,
        () => false,
      );
      if (!isAlive) return breakOff(session);
    }
  };

  const start = (): Promise<void> => (opening ??= open());

  return {
    start: () => void start(),
    listen: (isTo) => {
      if (listens === isTo) return;
      listens = isTo;
      const session = client;
      if (session) void inTurn(() => hearken(session));
    },
    hold: async (incarnation) => {
      await start();
      const session = client;
      if (session) await inTurn(() => lock(session, incarnation));
      else marks.set(incarnation, null);
    },
    release: async (incarnation) => {
      const mark = marks.get(incarnation);
      marks.delete(incarnation);
      // The row is cleared first: a free lock whose number is still written down would say that the process died.
      await on.marked(incarnation, null);
      const session = client;
      if (session && mark)
        await inTurn(() => session.query('select pg_advisory_unlock($1, $2)', [lockClass, Number(mark)]));
    },
    markOf: (incarnation) => marks.get(incarnation) ?? null,
    close: async () => {
      closing.abort();
      const last = client;
      client = null;
      if (last) await sayGoodbye(last);
    },
  };
};
