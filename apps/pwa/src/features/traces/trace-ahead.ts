import type { Result, TraceColumns } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';

/** How much of a trace is asked for first: enough for the first picture of any of them, and quick to make. */
export const firstPart = { limit: 1000 } as const;

/** What a trace's page needs at once. */
type Asked = {
  readonly part: Promise<TraceColumns>;
  /** What follows the first part; null: that was all. */
  readonly more: Promise<TraceColumns | null>;
  readonly result: Promise<Result>;
};

/** Nobody wants it later than this: the page comes within moments, or not at all. */
const staleMs = 5000;

type Since = { readonly id: string; readonly at: number };

let asked: (Since & { readonly waiting: Partial<Asked> }) | null = null;
/** Whose page asks by itself, since nothing was here when it came. */
let begun: Since | null = null;

const isNow = (it: Since | null, id: string): boolean => it?.id === id && performance.now() - it.at <= staleMs;

/** Asks for what the page of a trace needs, before its code is there; the page takes it from here. */
export const askAhead = (desk: Pick<RoomDesk, 'traceColumns' | 'workflow'>, id: string): void => {
  if (isNow(asked, id) || isNow(begun, id)) return;
  const result = desk.workflow(id);
  const part = desk.traceColumns(id, firstPart);
  const more = part.then(({ next }) => (next === null ? null : desk.traceColumns(id, { after: Number(next) })));
  const waiting = { result, part, more };
  for (const answer of Object.values(waiting)) answer.catch(() => undefined); // whoever takes it hears of it
  asked = { id, at: performance.now(), waiting };
};

/** What was asked for just now, once: whoever asks again wants to know how it is by then. */
export const takeAsked = <K extends keyof Asked>(id: string, what: K): Asked[K] | undefined => {
  if (asked === null || !isNow(asked, id)) {
    if (what === 'part') begun = { id, at: performance.now() };
    return undefined;
  }
  const found = asked.waiting[what] as Asked[K] | undefined; // of its own key
  delete asked.waiting[what];
  return found;
};
