import { rowStatuses, type RowStatus } from './row-facts.ts';

/** A filter as it was typed: all of its conditions have to hold. Texts are compared in lower case. */
export type EventFilter = {
  readonly status: readonly RowStatus[];
  readonly agent: readonly string[];
  readonly type: readonly string[];
  readonly longerMs: number | null;
  readonly shorterMs: number | null;
  readonly texts: readonly string[];
};

/** Either a filter (null for an empty one) or the sentence that says what cannot be understood. */
export type ParsedFilter = { readonly filter: EventFilter | null } | { readonly problem: string };

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const words = /(\w+):"([^"]*)"?|"([^"]*)"?|(\S+)/g;

const asDuration = (text: string): { than: string; ms: number } | null => {
  const [, than = '', figure = '', unit = 'ms'] = /^([<>])=?(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text) ?? [];
  return than === '' ? null : { than, ms: Number(figure) * (units[unit] ?? 1) };
};

/** Reads `status:failed agent:worker/walnut-1 type:task.* dur:>5m text:"…"`; a word without a key is looked for in the texts. */
export const parseEventFilter = (typed: string): ParsedFilter => {
  const filter = { status: [] as RowStatus[], agent: [] as string[], type: [] as string[], texts: [] as string[] };
  let longerMs: number | null = null;
  let shorterMs: number | null = null;
  for (const [whole, quotedKey, quoted, phrase, plain] of typed.toLowerCase().matchAll(words)) {
    const [, plainKey, plainValue] = /^(status|agent|type|dur|text):(.*)$/.exec(plain ?? '') ?? [];
    const key = quotedKey ?? plainKey;
    const value = (quoted ?? plainValue ?? phrase ?? plain ?? whole).trim();
    if (value === '') continue;
    if (key === 'status') {
      const unknown = value.split(',').find((it) => !rowStatuses.includes(it as RowStatus));
      if (unknown !== undefined) return { problem: `There is no status “${unknown}”: ${rowStatuses.join(', ')}` };
      filter.status.push(...(value.split(',') as RowStatus[])); // each was found in the list
    } else if (key === 'agent') filter.agent.push(...value.split(','));
    else if (key === 'type') filter.type.push(...value.split(','));
    else if (key === 'dur') {
      const asked = asDuration(value);
      if (!asked) return { problem: `A duration is written dur:>5m or dur:<200ms, not “${value}”` };
      if (asked.than === '>') longerMs = asked.ms;
      else shorterMs = asked.ms;
    } else if (key === undefined || key === 'text') filter.texts.push(value);
    else filter.texts.push(whole);
  }
  const isEmpty = Object.values(filter).every((list) => list.length === 0) && longerMs === null && shorterMs === null;
  return { filter: isEmpty ? null : { ...filter, longerMs, shorterMs } };
};
