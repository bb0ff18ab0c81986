import type pg from 'pg';
import { postgresDialect as on, type Row } from '../dialect.ts';
import { headsText } from '../read-heads.ts';

type Waiting = {
  readonly streams: readonly string[];
  readonly settle: (rows: readonly Row[]) => void;
  readonly refuse: (error: unknown) => void;
};

const text = headsText(on, '= any ($1)');

/**
 * Reads the heads that a process asks for in the same turn of its event loop by one statement: many steps that begin at once, or many callers
 * that enqueue, cost one round trip.
 */
export const createGatheredHeads = (pool: pg.Pool, options: { readonly prepared: () => boolean }) => {
  let waiting: Waiting[] = [];

  const flush = async (): Promise<void> => {
    const asked = waiting;
    waiting = [];
    try {
      const streams = [...new Set(asked.flatMap((it) => it.streams))];
      const { rows } = await pool.query<Record<string, unknown>>({
        text,
        ...(options.prepared() && { name: 'heads' }),
        values: [streams],
      });
      const byStream = new Map(rows.map((row) => [row['stream'], row] as const));
      const now: Row = { now: rows[0]?.['now'], stream: null };
      for (const { streams: names, settle } of asked)
        settle([now, ...names.map((name) => byStream.get(name)).filter((row) => row !== undefined)]);
    } catch (error) {
      for (const { refuse } of asked) refuse(error);
    }
  };

  return (streams: readonly string[]): Promise<readonly Row[]> =>
    new Promise((settle, refuse) => {
      waiting.push({ streams, settle, refuse });
      if (waiting.length === 1) setImmediate(() => void flush());
    });
};
