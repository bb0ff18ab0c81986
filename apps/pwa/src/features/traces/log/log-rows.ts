import type { TraceStore } from '../waterfall/trace-store.ts';

/** Browsers cap how high an element may be; this many lines of any height stay below that. */
export const mostLines = 300_000;

/** Rows of a trace as lines: the newest that fit, in log order, and how many are older than those or do not fit the filter. */
export type LogRows = {
  readonly rows: readonly number[];
  readonly older: number;
  readonly hidden: number;
};

/** The rows in log order. Those of a store stand in the order in which they came, which is another one where live events were faster than the rest. */
const inLogOrder = ({ rows, position }: Pick<TraceStore, 'rows' | 'position'>): readonly number[] => {
  const order = Array.from({ length: rows }, (_, row) => row);
  const isSorted = order.every((row) => row === 0 || (position[row - 1] ?? 0) <= (position[row] ?? 0));
  return isSorted ? order : order.sort((a, b) => (position[a] ?? 0) - (position[b] ?? 0));
};

/** The lines to show. `fits` says 1 for each row that a filter lets through; null: there is none. Rows that came after it was made are held back. */
export const logRows = (
  store: Pick<TraceStore, 'rows' | 'position'>,
  fits: Uint8Array | null,
  most: number = mostLines,
): LogRows => {
  const all = inLogOrder(store);
  const fitting = fits === null ? all : all.filter((row) => fits[row] === 1);
  const rows = fitting.slice(-most);
  return { rows, older: fitting.length - rows.length, hidden: all.length - fitting.length };
};
