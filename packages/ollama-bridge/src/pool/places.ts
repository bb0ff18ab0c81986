import { z } from 'zod';
import type { Placed } from '../routing/pool-state.ts';

/** The calls that have a place, the time by the clock that all share, and a turn: a write with it is refused when somebody else wrote since. */
export type PlacesRead<Turn> = { readonly placed: readonly Placed[]; readonly now: number; readonly turn: Turn };

/**
 * Where all processes of a Hive tell each other which calls they have on which box. What a dead process has told must go by itself.
 * `@hive/bus` keeps them in the rows of claimed steps; {@link createLocalPlaces} within one process.
 */
export type Places<Turn = unknown> = {
  read(): Promise<PlacesRead<Turn>>;
  /** Writes one's own place, or takes it away (null). False: somebody else wrote since `turn` was read. */
  write(turn: Turn, callId: string, placed: Placed | null): Promise<boolean>;
  /** How many rings were heard so far; read it before looking, and hand it to `heard`. */
  rings(): number;
  /** Resolves when something was written since `seen`, after so many milliseconds, or when the signal is aborted. */
  heard(timeoutMs: number, signal: AbortSignal, seen: number): Promise<void>;
};

/** A place as another process wrote it. */
export const PlacedSchema: z.ZodType<Placed> = z.object({
  callId: z.string(),
  box: z.string(),
  digest: z.string(),
  state: z.enum(['waits', 'runs', 'holds']),
  promptTokens: z.number(),
  outputTokens: z.number(),
  since: z.number(),
  startedAt: z.number().exactOptional(),
  until: z.number().exactOptional(),
  holds: z.number().exactOptional(),
  prefix: z.string().exactOptional(),
});

/** Places of one process. */
export const createLocalPlaces = (now: () => number = Date.now): Places<number> => {
  const all = new Map<string, Placed>();
  const waiting = new Set<() => void>();
  let version = 0;
  return {
    read: () => Promise.resolve({ placed: [...all.values()], now: now(), turn: version }),
    write: (turn, callId, placed) => {
      if (turn !== version) return Promise.resolve(false);
      version += 1;
      if (placed) all.set(callId, placed);
      else all.delete(callId);
      for (const wake of [...waiting]) wake();
      return Promise.resolve(true);
    },
    rings: () => version,
    heard: (timeoutMs, signal, seen) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          waiting.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, timeoutMs);
        waiting.add(done);
        signal.addEventListener('abort', done);
        if (signal.aborted || version !== seen) done();
      }),
  };
};
