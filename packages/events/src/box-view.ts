import type { DataOf, HiveEvent } from './catalogue.ts';
import type { Fact } from './task-view.ts';

/** How a model on a box did with tools. `calls` false: it only talked. */
export type ToolsLearnt = {
  readonly model: string;
  readonly calls: boolean;
  readonly because: string;
  readonly at: string;
};

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
  /** How models there did with tools, by digest; absent: nobody has learnt anything. */
  readonly tools?: Readonly<Record<string, ToolsLearnt>>;
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
    case 'box.tools_learnt':
      return { ...before, tools: { ...othersOf(view?.tools, event.data.model), ...learntOf(fact.at, event.data) } };
    case 'box.quieted':
      return {
        ...before,
        quiet: { until: event.data.until, by: event.data.by ?? fact.actor ?? '', at: fact.at },
      };
    default:
      return before;
  }
};

/** What was learnt of other models: under a name there is one at a time. */
const othersOf = (tools: BoxView['tools'] = {}, model: string): NonNullable<BoxView['tools']> =>
  Object.fromEntries(Object.entries(tools).filter(([, it]) => it.model !== model));

const learntOf = (
  at: string,
  { digest, model, calls, because }: DataOf<'box.tools_learnt'>,
): NonNullable<BoxView['tools']> => ({ [digest]: { model, calls, because, at } });
