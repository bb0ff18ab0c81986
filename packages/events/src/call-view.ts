import type { DataOf, HiveEvent } from './catalogue.ts';
import type { Fact } from './task-view.ts';
import { transitionRefused } from './transitions.ts';

/** One model call that has ended. */
export type CallView = DataOf<'model.called'>;

/** One that was begun and has not ended; when its process is gone it never will by itself. */
export type OpenCall = DataOf<'model.intended'>;

/** What a stream of a call may hold; one that was only put off holds neither. */
export type AnyCall = CallView | OpenCall | { readonly last: string };

/** True for a call that has ended. */
export const isEnded = (call: AnyCall): call is CallView => !('by' in call || 'last' in call);

/** True for one that has begun and not ended. */
export const isOpenCall = (call: AnyCall): call is OpenCall => 'by' in call;

/** The call after an event of its stream. A call ends once: throws `transition.refused` for a second end, and for a beginning after it. */
export const foldCall = (view: AnyCall | null, fact: Fact): AnyCall => {
  const event = fact as HiveEvent;
  const ended = view !== null && isEnded(view);
  switch (event.type) {
    case 'model.intended':
      if (ended) throw transitionRefused(event.stream, 'ended', event.type);
      return event.data;
    case 'model.called':
      if (ended) throw transitionRefused(event.stream, 'ended', event.type);
      return event.data;
    default:
      return view ?? { last: event.type };
  }
};

/** The word under which a call is listed: `open` until it has ended, `put_off` when it was never begun; empty once it has ended. */
export const stateOfCall = (view: AnyCall | null): string => {
  if (view === null || isEnded(view)) return '';
  return isOpenCall(view) ? 'open' : 'put_off';
};
