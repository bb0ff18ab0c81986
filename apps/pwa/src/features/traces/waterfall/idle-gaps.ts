import { duration } from '../../../ui/duration.ts';
import { isActive, type PhaseKind } from '../phases.ts';
import { stretchKinds } from './subject-bars.ts';
import type { TraceStore } from './trace-store.ts';

/** A time in which nothing ran and nothing was recorded, in ms since 1970, and what was waited for. */
export type IdleGap = { readonly from: number; readonly to: number; readonly why: string };

/** What waiting is called, the reason that explains most first. */
const reasons: readonly (readonly [PhaseKind, string])[] = [
  ['person', 'waiting for approval'],
  ['paused', 'paused'],
  ['parked', 'waiting for a limit'],
  ['queued', 'queued'],
  ['needs', 'waiting for other tasks'],
];

/** Shorter ones are never large enough to be collapsed. */
const smallestShare = 0.002;

const isBusy = stretchKinds.map((kind) => kind === 'work' || isActive(kind as PhaseKind));

/** The longer times in which nothing ran, in their order. One pass over rows and stretches. */
export const idleGaps = (store: TraceStore, now: number): readonly IdleGap[] => {
  const { bars, at, start } = store;
  const shortest = Math.max(1000, (now - store.firstAt) * smallestShare);
  const found: { from: number; to: number }[] = [];
  let busyUntil = store.firstAt;
  const busy = (from: number, to: number) => {
    if (from - busyUntil > shortest) found.push({ from: busyUntil, to: from });
    if (to > busyUntil) busyUntil = to;
  };
  // Rows and stretches are both in the order of the log, and so nearly in the order of their beginnings.
  const { rows } = store;
  let stretch = 0;
  for (let row = 0; row < rows; row += 1) {
    const moment = at[row] as number;
    for (; stretch < bars.count && (bars.from[stretch] as number) <= moment; stretch += 1) {
      if (!isBusy[bars.kind[stretch] as number]) continue;
      const to = bars.to[stretch] as number;
      busy(bars.from[stretch] as number, Number.isNaN(to) ? now : to);
    }
    if (moment > busyUntil) busy(moment, moment);
  }
  busy(now, now);
  // A call is told when it has ended, so the gap before it may have been no gap.
  for (let row = 0; row < rows && found.length > 0; row += 1) {
    const [from, to] = [start[row] as number, at[row] as number];
    if (from === to) continue;
    for (const gap of found) if (gap.to > from && gap.from < to) gap.to = Math.max(gap.from, from);
  }
  return found.filter(({ from, to }) => to - from > shortest).map((gap) => ({ ...gap, why: whyOf(store, gap) }));
};

const whyOf = (store: TraceStore, gap: { readonly from: number; readonly to: number }): string => {
  const { bars } = store;
  const open = new Set<string>();
  for (let at = 0; at < bars.count; at += 1) {
    const to = bars.to[at] as number;
    if ((bars.from[at] as number) <= gap.from && (Number.isNaN(to) || to >= gap.to))
      open.add(stretchKinds[bars.kind[at] as number] ?? '');
  }
  return reasons.find(([kind]) => open.has(kind))?.[1] ?? 'nothing ran';
};

/** A gap in words: `waiting for approval 2 h 14 m`. */
export const gapWords = ({ from, to, why }: IdleGap): string => `${why} ${duration(to - from)}`;
