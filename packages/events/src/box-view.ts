import type { HiveEvent } from './catalogue.ts';
import type { Fact } from './task-view.ts';

/** A box as the log has it. `up` null: it was quieted before anybody saw it. */
export type BoxView = {
  readonly last: string;
  readonly up: boolean | null;
  /** When it came or went. */
  readonly since: string | null;
  /** Why it is away. */
  readonly reason: string | null;
  /** How many calls are sent to it at once since then, and why; absent: nothing was learnt. */
  readonly parallel?: { readonly calls: number; readonly because: string; readonly at: string };
  /** The wish of its owner to have it until then; it may be over. */
  readonly quiet: { readonly until: string; readonly by: string; readonly at: string } | null;
};

/** A box after one more of its events. */
export const foldBox = (view: BoxView | null, fact: Fact): BoxView => {
  const event = fact as HiveEvent;
  const before: BoxView = { up: null, since: null, reason: null, quiet: null, ...view, last: event.type };
  switch (event.type) {
    case 'box.online':
      return { ...before, up: true, since: fact.at, reason: null };
    case 'box.offline':
      return { ...before, up: false, since: fact.at, reason: event.data.reason };
    case 'box.parallel_changed':
      return { ...before, parallel: { calls: event.data.to, because: event.data.because, at: fact.at } };
    case 'box.quieted':
      return {
        ...before,
        quiet: { until: event.data.until, by: event.data.by ?? fact.actor ?? '', at: fact.at },
      };
    default:
      return before;
  }
};
