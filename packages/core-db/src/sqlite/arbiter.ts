import type { Peer } from '../star/star.ts';
import { word } from '../star/words.ts';

/** Whoever holds the turn and does not hand it on by then is stopped, or waits for the disk in a transaction: then SQLite's lock has to do. */
const takeAwayMs = 30;

/** Says whose turn it is; in the hub. */
export type Arbiter = {
  readonly heard: (said: number, from: Peer) => void;
  readonly left: (peer: Peer) => void;
  /** Forgets everybody; they ask again elsewhere. */
  readonly clear: () => void;
};

/** Turns in the order in which they were asked for. A turn lasts until somebody else wants one, so whoever writes alone asks once. */
export const createArbiter = (): Arbiter => {
  const queue: Peer[] = [];
  let holder: Peer | null = null;
  let late: NodeJS.Timeout | null = null;

  const urge = () => {
    holder?.tell(word.wanted);
    late = setTimeout(next, takeAwayMs);
  };

  const next = () => {
    if (late) clearTimeout(late);
    late = null;
    holder = queue.shift() ?? null;
    holder?.tell(word.go);
    if (queue.length > 0) urge();
  };

  return {
    heard: (said, from) => {
      if (said === word.done && from === holder) return next();
      if (said !== word.want || queue.includes(from)) return;
      queue.push(from);
      if (holder === null) next();
      else if (late === null) urge();
    },
    left: (peer) => {
      const at = queue.indexOf(peer);
      if (at >= 0) queue.splice(at, 1);
      if (peer === holder) next();
    },
    clear: () => {
      queue.length = 0;
      if (late) clearTimeout(late);
      late = null;
      holder = null;
    },
  };
};
