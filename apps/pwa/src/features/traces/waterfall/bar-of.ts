import type { Phase, TaskBar } from '../phases.ts';
import { kindOf } from './row-facts.ts';
import { none } from './subject-bars.ts';
import type { TraceStore } from './trace-store.ts';

/** The bar of one subject, such as the id of a task; without phases where nothing is known of it. */
export const barOf = (store: TraceStore, text: string): TaskBar => {
  const subject = store.numberOf(text);
  const { bars } = store;
  const phases: Phase[] = [];
  for (let at = bars.firstOf(subject); at !== none; at = bars.next[at] as number) {
    const to = bars.to[at] as number;
    phases.push({ kind: kindOf(store, at, subject), from: bars.from[at] as number, to: Number.isNaN(to) ? null : to });
  }
  const badAt = bars.badAt[subject] ?? NaN;
  return { phases, endedBadlyAt: Number.isNaN(badAt) ? null : badAt };
};
