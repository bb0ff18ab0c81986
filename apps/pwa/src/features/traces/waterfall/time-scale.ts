import type { IdleGap } from './idle-gaps.ts';

/** The part of time that is looked at, in ms since 1970. */
export type TimeWindow = { readonly from: number; readonly to: number };

/** A gap above this share of the window is collapsed to a marker of this width. */
export const largestGapShare = 0.05;
export const gapWidth = 28;

/** Where a moment is drawn, in pixels from the left, and which moment a place shows. Collapsed gaps are narrow. */
export type TimeScale = {
  readonly window: TimeWindow;
  readonly width: number;
  readonly gaps: readonly IdleGap[];
  x(at: number): number;
  at(x: number): number;
};

/** The gaps that are collapsed in a window: the part of them that is in sight counts. */
export const collapsedGaps = (gaps: readonly IdleGap[], { from, to }: TimeWindow): readonly IdleGap[] =>
  gaps
    .map((gap) => ({ ...gap, seen: Math.min(gap.to, to) - Math.max(gap.from, from) }))
    .filter(({ seen }) => seen > (to - from) * largestGapShare)
    .map(({ seen: _, ...gap }) => gap);

/** A scale for a window that is `width` wide. `gaps` are those to collapse; none for the true time. */
export const timeScale = (window: TimeWindow, width: number, gaps: readonly IdleGap[]): TimeScale => {
  const inside = gaps.map((gap) => ({ from: Math.max(gap.from, window.from), to: Math.min(gap.to, window.to) }));
  const marker = Math.min(gapWidth, width / (4 * Math.max(1, inside.length)));
  const rest = Math.max(1, window.to - window.from - inside.reduce((sum, { from, to }) => sum + to - from, 0));
  const perMs = Math.max(0, width - marker * inside.length) / rest;
  // The knots; between two of them, time and place grow alike.
  const [ats, xs] = [[window.from], [0]];
  let [lastAt, lastX] = [window.from, 0];
  const go = (at: number, by: number) => {
    if (at <= lastAt) return;
    ats.push((lastAt = at));
    xs.push((lastX += by));
  };
  for (const { from, to } of inside) {
    go(from, (from - lastAt) * perMs);
    go(to, marker);
  }
  go(window.to, (window.to - lastAt) * perMs);
  if (ats.length === 1) {
    ats.push(window.from + 1);
    xs.push(perMs);
  }
  /** `beyond`: how much further it is for each beyond both ends, where time goes on as it does inside. */
  const between = (value: number, of: readonly number[], wanted: readonly number[], beyond: number): number => {
    let i = 1;
    while (i < of.length - 1 && (of[i] as number) < value) i += 1;
    const [a, b] = [of[i - 1] as number, of[i] as number];
    const [from, to] = [wanted[i - 1] as number, wanted[i] as number];
    if (value < a) return from + (value - a) * beyond;
    if (value > b) return to + (value - b) * beyond;
    return b === a ? from : from + ((value - a) * (to - from)) / (b - a);
  };
  const msPer = 1 / (perMs || 1);
  return {
    ...{ window, width, gaps },
    x: (at) => between(at, ats, xs, perMs),
    at: (x) => between(x, xs, ats, msPer),
  };
};

const nice = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5],
  ...[108e5, 216e5, 432e5, 864e5, 1728e5, 6048e5],
];

/** Moments for a ruler, as ms since `origin`, at least `apart` pixels from each other and none within a collapsed gap. */
export const ticksOf = (scale: TimeScale, origin: number, apart: number): readonly number[] => {
  const { window, width, gaps } = scale;
  const seen =
    window.to -
    window.from -
    gaps.reduce((sum, gap) => sum + Math.min(gap.to, window.to) - Math.max(gap.from, window.from), 0);
  const wanted = (Math.max(1, seen) / Math.max(1, width)) * apart;
  const step = nice.find((it) => it >= wanted) ?? Math.ceil(wanted / 6048e5) * 6048e5;
  const ticks: number[] = [];
  let last = -Infinity;
  for (let at = Math.ceil((window.from - origin) / step) * step; at <= window.to - origin; at += step) {
    const gap = gaps.find(({ from, to }) => at + origin > from && at + origin < to);
    if (gap) {
      at = Math.floor((gap.to - origin) / step) * step;
      continue;
    }
    const x = scale.x(at + origin);
    if (x - last < apart * 0.9) continue;
    ticks.push(at);
    last = x;
  }
  return ticks;
};

const shortest = 20;

/** The window within `whole`, at least 20 ms long. */
export const clampWindow = ({ from, to }: TimeWindow, whole: TimeWindow): TimeWindow => {
  const most = Math.max(shortest, whole.to - whole.from);
  const length = Math.min(most, Math.max(shortest, to - from));
  const start = Math.min(Math.max(from, whole.from), whole.from + most - length);
  return { from: start, to: start + length };
};

/** The window made `factor` as long, with the moment at `at` staying where it is. */
export const zoomed = ({ from, to }: TimeWindow, at: number, factor: number, whole: TimeWindow): TimeWindow => {
  const length = Math.min(whole.to - whole.from, Math.max(shortest, (to - from) * factor));
  const share = to > from ? (at - from) / (to - from) : 0.5;
  return clampWindow({ from: at - share * length, to: at + (1 - share) * length }, whole);
};

/** The window moved by a share of its length. */
export const panned = ({ from, to }: TimeWindow, share: number, whole: TimeWindow): TimeWindow =>
  clampWindow({ from: from + share * (to - from), to: to + share * (to - from) }, whole);
