import { coalesce } from '../coalesce.ts';
import { anyRing, logRing, type RingMask } from '../ring-mask.ts';
import { createArbiter } from './arbiter.ts';
import { createBaton, type Baton } from './baton.ts';
import { createStar, type Peer } from '../star/star.ts';
import { ringOf, word, wordOf } from '../star/words.ts';

/** Wakes every process that uses the same home, this one included, and lets them take turns at writing. */
export type Doorbell = {
  readonly ring: (about?: RingMask) => void;
  readonly listen: (heard: (about: RingMask) => void) => () => void;
  /** This process's turns at writing. */
  readonly baton: Baton;
  readonly close: () => Promise<void>;
};

const longestPauseMs = 3;
const lookMs = 1_000;

/** Rings over the star of a home. They may be lost while a hub is looked for, so `changed` (the database itself) is asked once a second. */
export const createDoorbell = (path: string, changed: () => boolean): Doorbell => {
  const listeners = new Set<(about: RingMask) => void>();
  const arbiter = createArbiter();
  let timer: NodeJS.Timeout | null = null;
  let closed = false;
  let missed: RingMask | null = null;

  const hear = coalesce((about) => {
    for (const heard of listeners) heard(about);
  }, longestPauseMs);

  /** To all others: the hub tells every guest but the one that rang, a guest tells the hub. */
  const pass = (about: RingMask, from?: Peer): boolean => {
    let heard = false;
    for (const peer of star.others()) {
      heard = true;
      if (peer !== from) peer.tell(wordOf(about));
    }
    return heard;
  };
  const tell = coalesce((about) => {
    missed = pass(about) || isHub ? null : (missed ?? logRing) | about;
  }, longestPauseMs);

  let isHub = false;
  const star = createStar(path, {
    heard: (said, from) => {
      const about = ringOf(said);
      if (about !== null) {
        hear.ask(about);
        if (isHub) pass(about, from);
      } else if (isHub) arbiter.heard(said, from);
      else baton.heard(said);
    },
    joined: (hub) => {
      isHub = hub === null;
      baton.joined(hub ?? { tell: (said) => arbiter.heard(said, self) });
      if (missed !== null) pass(missed);
      missed = null;
    },
    lost: () => {
      isHub = false;
      baton.lost();
      arbiter.clear();
    },
    left: arbiter.left,
  });
  const baton = createBaton(star.start);
  /** The hub's own process, as its arbiter sees it. */
  const self: Peer = { tell: (said) => baton.heard(said) };

  const look = () => {
    timer = setTimeout(look, lookMs * (0.8 + Math.random() * 0.2));
    star.check();
    if (changed()) hear.ask(anyRing);
  };

  return {
    ring: (about = anyRing) => {
      if (closed) return;
      star.start();
      // Not within the caller's turn: it has not yet seen the result of its own write.
      setImmediate(() => hear.ask(about));
      tell.ask(about);
    },
    listen: (heard) => {
      listeners.add(heard);
      star.start();
      timer ??= setTimeout(look, lookMs * Math.random());
      return () => void listeners.delete(heard);
    },
    baton,
    close: async () => {
      closed = true;
      await star.close(word.ring);
      hear.stop();
      tell.stop();
      arbiter.clear();
      if (timer) clearTimeout(timer);
    },
  };
};
