/**
 * What the proofs of neighbouring commits have in common: the head of one is the base of the next. The same tree is checked once by the same
 * checks in the same setup, and commits with the same dependencies are set up once.
 */
export type SharedRuns = {
  /**
   * Prepares the setup of all commits with these dependencies at the one that asked first. What failed there is not tried again: whoever asks for the same
   * dependencies is thrown the same error.
   */
  setup<T>(dependencies: string, commit: string, prepare: (at: string) => Promise<T>): Promise<T>;
  /** Does `work` once per key, with at most so many at once; who asks again gets the same outcome. */
  once<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** How often work was begun, how much of it goes on now, and how often it did not have to be done. */
  counts(): { readonly done: number; readonly running: number; readonly spared: number };
};

/** `atOnce`: how many checkouts are checked at the same time. Lives as long as the command that proves a history. */
export const createSharedRuns = ({ atOnce }: { readonly atOnce: number }): SharedRuns => {
  const setups = new Map<string, { readonly at: string; readonly first: Promise<unknown> }>();
  const outcomes = new Map<string, Promise<unknown>>();
  const waiting: (() => void)[] = [];
  let free = atOnce;
  let spared = 0;
  let running = 0;
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
  return {
    setup: async <T>(dependencies: string, commit: string, prepare: (at: string) => Promise<T>) => {
      const known = setups.get(dependencies);
      if (known) {
        await known.first;
        return prepare(known.at);
      }
      const first = prepare(commit);
      setups.set(dependencies, { at: commit, first });
      return first;
    },
    once: <T>(key: string, work: () => Promise<T>) => {
      const known = outcomes.get(key) as Promise<T> | undefined; // the same key is the same work
      if (known) {
        spared += 1;
        return known;
      }
      const outcome = inTurn(work);
      outcomes.set(key, outcome);
      return outcome;
    },
    counts: () => ({ done: outcomes.size, running, spared }),
  };
};
