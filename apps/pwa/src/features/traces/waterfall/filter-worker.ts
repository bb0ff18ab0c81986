import { answerAsked } from '../../../workers/answer-asked.ts';
import type { EventFilter } from './event-filter.ts';
import { matchRows, type MatchFacts } from './match-rows.ts';

/** What is looked for, and what of the trace is new since the question before. `from` and `stringsFrom`: where that begins. */
export type FilterQuestion = {
  readonly filter: EventFilter;
  readonly from: number;
  readonly stringsFrom: number;
  readonly facts: MatchFacts;
};

/** The rows that fit, and how long that took; null when what came before `from` is not known here (any more). */
export type FilterAnswer = { readonly fits: Uint8Array<ArrayBuffer>; readonly ms: number } | null;

const columns = ['type', 'actor', 'subject', 'words'] as const;
const known: Record<(typeof columns)[number], Uint32Array> & { rows: number; strings: string[] } = {
  ...{ type: new Uint32Array(0), actor: new Uint32Array(0), subject: new Uint32Array(0), words: new Uint32Array(0) },
  ...{ rows: 0, strings: [] },
};

answerAsked<FilterQuestion, FilterAnswer>(
  ({ filter, from, stringsFrom, facts }) => {
    if (from > known.rows || stringsFrom > known.strings.length) return null;
    const begun = performance.now();
    for (const column of columns) {
      const longer = new Uint32Array(facts.rows);
      longer.set(known[column].subarray(0, from));
      longer.set(facts[column], from);
      known[column] = longer;
    }
    known.rows = facts.rows;
    known.strings.length = stringsFrom;
    for (const text of facts.strings) known.strings.push(text);
    const fits = matchRows({ ...facts, ...known }, filter) as Uint8Array<ArrayBuffer>; // made by it, in no shared memory
    return { fits, ms: performance.now() - begun };
  },
  (answer) => (answer ? [answer.fits.buffer] : []),
);
