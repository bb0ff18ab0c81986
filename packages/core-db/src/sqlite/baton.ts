import type { Peer } from '../star/star.ts';
import { word } from '../star/words.ts';

/**
 * A process's turns at writing. Only politeness: SQLite's lock is what keeps two transactions apart, so whoever hears nothing from the hub
 * tries the lock.
 */
export type Baton = {
  /** Whether it is this process's turn now. */
  readonly isMine: () => boolean;
  /** Resolves when it is this process's turn, or when nobody says whose it is. Until `done` it is not handed on. */
  readonly turn: () => Promise<void>;
  /** The transaction is through. */
  readonly done: () => void;
  readonly heard: (said: number) => void;
  readonly joined: (hub: Peer) => void;
  readonly lost: () => void;
};

/** How long a process goes on writing that somebody waits for: handing on costs more than a commit where the processors are busy. */
const sliceMs = 3;

/** How long a hub may be silent: longer than a queue of other writers, shorter than what a person notices. */
const patienceMs = 100;

/** The turns of one process, which joins the others by `start`. */
export const createBaton = (start: () => void): Baton => {
  let hub: Peer | null = null;
  let mine = false;
  let inUse = false;
  let turns = 0;
  let wantedAt: number | null = null;
  let asked = false;
  /** The hub has let its time pass: it is not waited for again before it has answered. */
  let silent = false;
  let go: (() => void) | null = null;

  const handOn = () => {
    mine = false;
    wantedAt = null;
    hub?.tell(word.done);
  };

  /** Whoever goes on writing does so within a turn or two of the event loop. */
  const handOnWhenIdle = () => {
    const before = turns;
    setImmediate(() => setImmediate(() => mine && wantedAt !== null && turns === before && handOn()));
  };

  return {
    isMine: () => mine,
    turn: async () => {
      inUse = true;
      turns += 1;
      if (mine) return;
      start();
      if (hub === null) return;
      const answered = new Promise<void>((resolve) => (go = resolve));
      if (!asked) {
        asked = true;
        hub.tell(word.want);
      }
      if (silent || mine) return;
      const late = setTimeout(() => {
        silent = true;
        go?.();
      }, patienceMs);
      await answered;
      clearTimeout(late);
    },
    done: () => {
      inUse = false;
      if (!mine || wantedAt === null) return;
      if (performance.now() - wantedAt >= sliceMs) handOn();
      else handOnWhenIdle();
    },
    heard: (said) => {
      if (said === word.wanted) {
        if (!mine) return;
        wantedAt = performance.now();
        if (!inUse) handOnWhenIdle();
      }
      if (said !== word.go) return;
      asked = false;
      silent = false;
      mine = true;
      go?.();
    },
    joined: (found) => {
      hub = found;
      asked = false;
      silent = false;
    },
    lost: () => {
      hub = null;
      mine = false;
      wantedAt = null;
      go?.();
    },
  };
};
