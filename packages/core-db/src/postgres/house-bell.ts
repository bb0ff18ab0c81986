import type { RingMask } from '../ring-mask.ts';
import { anyRing } from '../ring-mask.ts';
import { createStar, type Peer } from '../star/star.ts';
import { ringOf, word, wordOf } from '../star/words.ts';

/**
 * The doorbell within a house: the processes that share a home and a database. PostgreSQL wakes every session that listens by every notification, each
 * by a transaction of its own, so only one of them listens to the server, the hub, and passes on what it hears.
 */
export type HouseBell = {
  /** Joins the others. Until it is in, and where it cannot get in, a process listens to the server itself. */
  readonly start: () => void;
  /** Rings the others of the house. True when the hub was told, who tells the server too. */
  readonly ring: (about: RingMask) => boolean;
  /** Passes on what the server has told this process. */
  readonly pass: (about: RingMask) => void;
  /** Looks whether this process is still what it takes itself for. */
  readonly check: () => void;
  readonly close: () => Promise<void>;
};

/** What a bell calls. */
export type HouseListener = {
  readonly heard: (about: RingMask) => void;
  /** Whether this process is to listen to the server. */
  readonly listens: (isTo: boolean) => void;
  /** Tells the server, and so the other houses. */
  readonly tell: (about: RingMask) => void;
};

/** The bell at this path. Rings may be lost while a hub dies and another is found; everybody looks once a second anyway. */
export const createHouseBell = (path: string, on: HouseListener): HouseBell => {
  let isGuest = false;
  const passOn = (about: RingMask, from?: Peer): void => {
    if (!isGuest) for (const peer of star.others()) if (peer !== from) peer.tell(wordOf(about));
  };
  const star = createStar(path, {
    heard: (said, from) => {
      const about = ringOf(said);
      if (about === null) return;
      on.heard(about);
      if (isGuest) return;
      passOn(about, from);
      on.tell(about);
    },
    joined: (hub) => {
      isGuest = hub !== null;
      on.listens(!isGuest);
      // What was rung on the way in is unknown; the hub learns it from the server when it begins to listen.
      if (isGuest) on.heard(anyRing);
    },
    lost: () => {
      isGuest = false;
      on.listens(true);
    },
    left: () => {},
  });
  return {
    start: star.start,
    ring: (about) => {
      if (!isGuest) {
        passOn(about);
        return false;
      }
      let told = false;
      for (const hub of star.others()) {
        hub.tell(wordOf(about));
        told = true;
      }
      return told;
    },
    pass: (about) => passOn(about),
    check: star.check,
    close: () => star.close(word.ring),
  };
};
