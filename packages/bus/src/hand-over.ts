import { maskOf, type Claimed, type RingMask, type Start, type Store } from '@hive/core-db';
import type { Step } from '@hive/events';
import type { Surroundings } from './surroundings.ts';

/**
 * Steps that a process puts into the queue and may win itself. Its idle agents are told of them before they are committed, so that a claim goes to the store
 * in the same turn, and with it in the same commit; the others are woken for what is left.
 */
export type HandOver = {
  /** Puts steps into the queue. False when the store refuses them; then nothing was written. */
  readonly start: (starts: readonly Start[]) => Promise<boolean>;
  /** Takes part in a claim of this process, and answers what it has won. */
  readonly claim: (claim: () => Promise<readonly Claimed[]>) => Promise<readonly Claimed[]>;
};

/** The hand-over of one process. `offer` tells its agents of steps that are about to be there. */
export const createHandOver = (store: Store, around: Surroundings, offer: (about: RingMask) => void): HandOver => {
  /** The kinds of the steps of each write that were not won here. */
  const offered = new Set<Map<string, Step>>();
  let claims = 0;
  return {
    start: async (starts) => {
      const left = new Map(starts.map(({ step }) => [step.id, step.kind]));
      const end = (isWritten: boolean) => {
        offered.delete(left);
        if (isWritten) store.ring(maskOf(left.values()));
      };
      offered.add(left);
      let isWritten = false;
      try {
        const writing = store.write({ events: [], heads: [], starts });
        offer(maskOf(left.values()));
        const { status } = await writing;
        isWritten = status === 'written' || status === 'repeated';
        return isWritten;
      } finally {
        // A claim of the same commit tells in a moment what it has won.
        if (isWritten && claims > 0) around.after(0, () => end(true));
        else end(isWritten);
      }
    },
    claim: async (claim) => {
      claims += 1;
      try {
        const won = await claim();
        for (const left of offered) for (const { step } of won) left.delete(step.id);
        return won;
      } finally {
        claims -= 1;
      }
    },
  };
};
