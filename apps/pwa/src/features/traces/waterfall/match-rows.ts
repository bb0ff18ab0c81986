import type { EventFilter } from './event-filter.ts';
import { rowStatuses } from './row-facts.ts';

/** What of the rows a filter looks at. The numbers of texts are places in `strings`. */
export type MatchFacts = {
  readonly rows: number;
  readonly type: Uint32Array;
  readonly actor: Uint32Array;
  readonly subject: Uint32Array;
  readonly words: Uint32Array;
  readonly status: Uint8Array;
  readonly durationMs: Float64Array;
  readonly strings: readonly string[];
};

/** `task.*` fits all that begin so; without a star a part of the text is enough, where `whole` is not asked for. */
const fitsPattern = (text: string, pattern: string, whole: boolean): boolean => {
  if (pattern.endsWith('*')) return text.startsWith(pattern.slice(0, -1));
  return whole ? text === pattern : text.includes(pattern);
};

/** 1 for each row that fits. Every text is looked at once, however many rows say it. */
export const matchRows = (facts: MatchFacts, filter: EventFilter): Uint8Array => {
  const lower = facts.strings.map((text) => text.toLowerCase());
  const marks = (fits: (text: string) => boolean) => Uint8Array.from(lower, (text) => (fits(text) ? 1 : 0));
  const types = filter.type.length > 0 ? marks((text) => filter.type.some((it) => fitsPattern(text, it, true))) : null;
  const agents =
    filter.agent.length > 0 ? marks((text) => filter.agent.some((it) => fitsPattern(text, it, false))) : null;
  const texts = filter.texts.map((wanted) => marks((text) => text.includes(wanted)));
  const statuses = filter.status.length > 0 ? rowStatuses.map((status) => filter.status.includes(status)) : null;
  const { type, actor, subject, words, status, durationMs } = facts;
  const found = new Uint8Array(facts.rows);
  for (let row = 0; row < facts.rows; row += 1) {
    if (types && types[type[row] as number] !== 1) continue;
    if (agents && agents[actor[row] as number] !== 1) continue;
    if (statuses && !statuses[status[row] as number]) continue;
    const took = durationMs[row] as number;
    if (filter.longerMs !== null && took <= filter.longerMs) continue;
    if (filter.shorterMs !== null && took >= filter.shorterMs) continue;
    if (
      !texts.every(
        (fits) =>
          fits[words[row] as number] === 1 ||
          fits[type[row] as number] === 1 ||
          fits[actor[row] as number] === 1 ||
          fits[subject[row] as number] === 1,
      )
    )
      continue;
    found[row] = 1;
  }
  return found;
};
