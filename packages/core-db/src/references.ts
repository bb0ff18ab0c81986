import type { Artefacts } from './artefacts.ts';
import { origin, type Store } from './port.ts';

/** The artefacts that the log speaks of. */
export type References = {
  /** All hashes that any event names, or a plan that an event names. Reads only what was recorded since the last call. */
  read(): Promise<ReadonlySet<string>>;
};

const pageSize = 500;
const hash = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

/**
 * Follows the log for hashes. Whatever looks like one anywhere in an event counts, so nothing that evidence rests on is ever missed; events
 * are never removed from under a reader, so what was found stays.
 */
export const createReferences = (store: Store, artefacts: Pick<Artefacts, 'get'>): References => {
  const known = new Set<string>();
  let after = origin;

  const note = (text: string) => {
    for (const [found] of text.matchAll(hash)) known.add(found);
  };
  /** A plan holds the hashes of its patches before any task does. */
  const notePlan = async (data: unknown) => {
    const plan = (data as { readonly plan?: unknown }).plan;
    const bytes = typeof plan === 'string' ? await artefacts.get(plan) : null;
    if (bytes) note(bytes.toString('utf8'));
  };

  return {
    read: async () => {
      for (;;) {
        const { events, looked } = await store.events({ after, limit: pageSize });
        for (const event of events) {
          note(JSON.stringify(event.data));
          await notePlan(event.data);
        }
        after = looked;
        if (events.length < pageSize) return known;
        // SQLite answers at once: others have their turn between the pages.
        await new Promise((turn) => setImmediate(turn));
      }
    },
  };
};
