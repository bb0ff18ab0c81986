import { readFile } from 'node:fs/promises';
import { artefactPath } from './artefacts.ts';
import { origin, type Store } from './port.ts';

/** The artefacts that the log speaks of. */
export type References = {
  /** All hashes that any event names, or a plan that an event names. Reads only what was recorded since the last call. */
  read(): Promise<ReadonlySet<string>>;
};

const pageSize = 500;
const isHash = /^[0-9a-f]{64}$/;
const hash = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

/**
 * Follows the log for hashes. Whatever looks like one anywhere in an event counts, so nothing that evidence rests on is ever missed; events
 * are never removed from under a reader, so what was found stays.
 */
export const createReferences = (store: Store, home: string): References => {
  const known = new Set<string>();
  let after = origin;

  const note = (text: string) => {
    for (const [found] of text.matchAll(hash)) known.add(found);
  };
  /** A plan holds the hashes of its patches before any task does. What a damaged one still names counts too. */
  const notePlan = async (data: unknown) => {
    const { plan } = data as { readonly plan?: unknown };
    if (typeof plan === 'string' && isHash.test(plan))
      note(await readFile(artefactPath(home, plan), 'utf8').catch(unlessMissing));
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

const unlessMissing = (error: NodeJS.ErrnoException): string => {
  if (error.code === 'ENOENT') return '';
  throw error;
};
