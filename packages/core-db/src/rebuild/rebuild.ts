import { assertOwnHome, inSession } from '../backup/session.ts';
import type { OpenOptions } from '../open-store.ts';
import { createDifferences, type Difference } from './differences.ts';
import { rebuildHeads } from './rebuild-heads.ts';
import { rebuildTraces } from './rebuild-traces.ts';

/** What a rebuild compared, and what it found. */
export type RebuildReport = {
  readonly events: number;
  readonly heads: number;
  readonly traces: number;
  /** Steps that the log announces; their rows are compared where the log speaks of them, and never written. */
  readonly steps: number;
  /** How many rows differed from what the events say, and the first of them. */
  readonly differing: number;
  readonly differences: readonly Difference[];
  readonly written: boolean;
};

/**
 * Makes the projections anew from the first event on and compares them with the rows, byte by byte as canonical JSON: heads of streams and the
 * list of traces. With `write` the rows that differ are replaced, all in one transaction that keeps other writers out; otherwise one moment of a
 * store is looked at that may be running. Throws `transition.refused` for a log that cannot be folded and `store.newer` for one that a newer
 * Hive has written to, `config.invalid` for the store of another home; then nothing is written.
 */
export const rebuildProjections = (
  options: OpenOptions,
  { write = false }: { readonly write?: boolean } = {},
): Promise<RebuildReport> =>
  inSession(options, write ? 'change' : 'read', async (session) => {
    if (write) await assertOwnHome(session, options.home);
    const differences = createDifferences();
    const seen = await rebuildHeads(session, differences, write);
    const traces = await rebuildTraces(session, differences, write);
    return { ...seen, traces, differing: differences.count(), differences: differences.named, written: write };
  });
