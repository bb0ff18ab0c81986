import { statSync } from 'node:fs';
import type { Connection } from './connection.ts';

/** Empties the log beside the file (the WAL) when there is time for it. */
export type Checkpoints = { readonly committed: () => void; readonly stop: () => void };

const idleMs = 1_000;
const worthBytes = 1_000_000;

/** A longer log is cut. A shorter one is written over from its beginning, which is cheaper to bring to the disk than to let it grow again. */
export const longestLog = 16_000_000;

/**
 * SQLite copies the log into the file when a commit has made it longer than a thousand pages, if no reader is in the way. Whoever has written
 * and then has nothing to write for a second copies the rest, so that the next one need not.
 */
export const createCheckpoints = (connection: Connection, file: string): Checkpoints => {
  let timer: NodeJS.Timeout | null = null;
  const empty = () => {
    if (walBytes(file) < worthBytes) return;
    try {
      // The first keeps nobody from writing, and leaves next to nothing to the second.
      connection.run({ sql: 'pragma wal_checkpoint(passive)', values: [] });
      if (walBytes(file) > longestLog) connection.run({ sql: 'pragma wal_checkpoint(truncate)', values: [] });
    } catch {
      // A reader or a full disk is in the way: the log stays as it is until the next time.
    }
  };
  return {
    committed: () => {
      if (timer) timer.refresh();
      else timer = setTimeout(empty, idleMs).unref();
    },
    stop: () => {
      if (timer) clearTimeout(timer);
    },
  };
};

/** The size of the log beside a file; 0 when there is none. */
export const walBytes = (file: string): number => statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
