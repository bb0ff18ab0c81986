import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { lockClass, sessionConfig } from './connection.ts';

/** The one session of a process that stays open: it hears rings and holds the locks that show that the process lives. */
export type Presence = {
  /** Opens the session if it is not open yet. */
  readonly start: () => void;
  /** Holds a lock of its own for this incarnation, again with a new number after each reconnect. */
  readonly hold: (incarnation: string) => Promise<void>;
  readonly release: (incarnation: string) => Promise<void>;
  /** The number of the lock that is held for an incarnation. */
  readonly markOf: (incarnation: string) => string | null;
  readonly close: () => Promise<void>;
};

/** The channel of the doorbell. */
export const channel = 'hive';

/** The session never opens a transaction: a listener inside one lets the queue of notifications grow without bound. */
export const createPresence = (
  url: string,
  on: { readonly heard: () => void; readonly marked: (incarnation: string, mark: string | null) => Promise<unknown> },
): Presence => {
  const marks = new Map<string, string | null>();
  let client: pg.Client | null = null;
  let opening: Promise<void> | null = null;
  let closed = false;

  const open = async (): Promise<void> => {
    for (let attempt = 1; !closed; attempt++) {
      const next = new pg.Client(sessionConfig(url, { readonly: false }));
      // Without a listener a broken line would end the process.
      next.on('error', () => {});
      try {
        await next.connect();
        await next.query(`listen ${channel}`);
        next.on('notification', on.heard);
        next.on('end', () => {
          if (client !== next) return;
          client = null;
          opening = closed ? null : open();
        });
        client = next;
        for (const incarnation of marks.keys()) await lock(next, incarnation);
        // What was rung while nobody listened is unknown.
        on.heard();
        return;
      } catch {
        client = null;
        await next.end().catch(() => {});
        await sleep(Math.random() * Math.min(2_000, 50 * 2 ** attempt), undefined, { ref: false });
      }
    }
  };

  const lock = async (session: pg.Client, incarnation: string): Promise<void> => {
    const { rows } = await session.query<{ mark: string }>(`select nextval('agent_mark') as mark`);
    const mark = rows[0]?.mark ?? '';
    await session.query('select pg_advisory_lock($1, $2)', [lockClass, Number(mark)]);
    marks.set(incarnation, mark);
    await on.marked(incarnation, mark);
  };

  const start = (): Promise<void> => (opening ??= open());

  return {
    start: () => void start(),
    hold: async (incarnation) => {
      await start();
      if (client) await lock(client, incarnation);
      else marks.set(incarnation, null);
    },
    release: async (incarnation) => {
      const mark = marks.get(incarnation);
      marks.delete(incarnation);
      // The row is cleared first: a free lock whose number is still written down would say that the process died.
      await on.marked(incarnation, null);
      if (client && mark) await client.query('select pg_advisory_unlock($1, $2)', [lockClass, Number(mark)]);
    },
    markOf: (incarnation) => marks.get(incarnation) ?? null,
    close: async () => {
      closed = true;
      const last = client;
      client = null;
      await last?.end();
    },
  };
};
