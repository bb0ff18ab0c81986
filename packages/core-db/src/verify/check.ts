import type { Dialect, Read } from '../dialect.ts';

/** What a check reads from: one moment of the store, whatever is written meanwhile. */
export type Snapshot = { readonly read: Read; readonly on: Dialect; readonly now: string };

/** Who breaks an invariant, each as one short sentence that begins with its name. At most this many are named. */
export const mostNamed = 20;

/** Collects offenders up to {@link mostNamed}. */
export type Offenders = { readonly add: (text: string) => void; readonly all: readonly string[] };

export const createOffenders = (): Offenders => {
  const all: string[] = [];
  return { add: (text) => void (all.length < mostNamed && !all.includes(text) && all.push(text)), all };
};
