import type { TimeWindow } from './time-scale.ts';

/** The window that an address names, `2000,4500`: in ms since the beginning of the trace. null for none, and for what is none. */
export const windowOf = (text: string, startMs: number): TimeWindow | null => {
  const [, from, to] = /^(\d{1,15}),(\d{1,15})$/.exec(text) ?? [];
  return from === undefined || Number(to) <= Number(from)
    ? null
    : { from: startMs + Number(from), to: startMs + Number(to) };
};

/** The same window as an address says it; null for all of the time. */
export const windowText = (window: TimeWindow | null, startMs: number): string | null =>
  window === null ? null : `${Math.round(window.from - startMs)},${Math.round(window.to - startMs)}`;
