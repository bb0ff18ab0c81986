import fc from 'fast-check';
import { createMemory, openMemory } from '../../memory/store.ts';
import type { Store } from '../../port.ts';
import { history } from './operations.ts';
import { playHistory } from './play.ts';

/** What came of random histories: how many were played, and the smallest one on which a store differs from the memory, with its seed. */
export type Tried = { readonly histories: number; readonly difference: string | null };

/** Plays random histories on a store and on a memory, which is the oracle: every answer and what is left in the end have to be the same. */
export const tryHistories = async (
  name: string,
  store: Store,
  { histories, seed }: { readonly histories: number; readonly seed?: number },
): Promise<Tried> => {
  const played = fc.asyncProperty(history, (operations) =>
    playHistory(operations, { memory: openMemory(createMemory({ now: () => Date.now() })), [name]: store }),
  );
  const told = await fc.check(played, { numRuns: histories, ...(seed !== undefined && { seed }) });
  if (!told.failed) return { histories: told.numRuns, difference: null };
  const smallest = JSON.stringify(told.counterexample?.[0]);
  return {
    histories: told.numRuns,
    difference: `seed ${told.seed}, path ${told.counterexamplePath ?? ''}: ${told.errorInstance instanceof Error ? told.errorInstance.message : ''}\n${smallest}`,
  };
};
