import { isActive, type PhaseKind } from '../phases.ts';
import { none, stretchKinds } from './subject-bars.ts';
import type { TraceStore } from './trace-store.ts';

/** Bits of a row. */
export const isErrorFlag = 1;
export const isTaskFlag = 2;

/** What state a row is in, the worst last: their numbers are compared. */
export const rowStatuses = ['done', 'queued', 'running', 'waiting', 'failed'] as const;
export type RowStatus = (typeof rowStatuses)[number];

/** A stretch of time, in ms since 1970; `isOpen` while it lasts. */
export type Span = { readonly from: number; readonly to: number; readonly isOpen: boolean };

/** The kind of a stretch as it is drawn. */
export const kindOf = (store: TraceStore, stretch: number, subject: number): PhaseKind => {
  const kind = stretchKinds[store.bars.kind[stretch] ?? 0] ?? 'queued';
  return kind === 'work' ? (store.bars.byModel[subject] === 1 ? 'model' : 'command') : kind;
};

/** True for a row that shows the whole bar of its subject: the one that began it. A subject may have several heads. */
export const showsBar = (store: TraceStore, row: number): boolean => {
  if (store.head[row] !== row) return false;
  const first = store.bars.firstOf(store.subject[row] as number);
  return first !== none && store.bars.row[first] === row;
};

/** The stretch that a row shows: what it began, or none. */
const ownStretch = (store: TraceStore, row: number): number => {
  const subject = store.subject[row] as number;
  return store.textOf('type', row) === 'task.claimed' ? store.bars.begunBy(subject, row) : none;
};

/** Calls `draw` for each stretch of a row. Answers false for a row that is a moment. */
export const eachStretch = (
  store: TraceStore,
  row: number,
  now: number,
  draw: (kind: PhaseKind, from: number, to: number, isOpen: boolean) => void,
): boolean => {
  const { bars } = store;
  const subject = store.subject[row] as number;
  const one = (at: number) => {
    const to = bars.to[at] as number;
    draw(kindOf(store, at, subject), bars.from[at] as number, Number.isNaN(to) ? now : to, Number.isNaN(to));
  };
  if (showsBar(store, row)) {
    for (let at = bars.firstOf(subject); at !== none; at = bars.next[at] as number) one(at);
    return true;
  }
  const own = ownStretch(store, row);
  if (own !== none) {
    one(own);
    return true;
  }
  const [from, to] = [store.start[row] as number, store.at[row] as number];
  if (from === to) return false;
  draw('model', from, to, false);
  return true;
};

/** From when to when a row lasts. */
export const spanOf = (store: TraceStore, row: number, now: number): Span => {
  const { bars } = store;
  const subject = store.subject[row] as number;
  const span = (first: number, last: number): Span => {
    const to = bars.to[last] as number;
    return { from: bars.from[first] as number, to: Number.isNaN(to) ? now : to, isOpen: Number.isNaN(to) };
  };
  if (showsBar(store, row)) return span(bars.firstOf(subject), bars.last[subject] as number);
  const own = ownStretch(store, row);
  if (own !== none) return span(own, own);
  return { from: store.start[row] as number, to: store.at[row] as number, isOpen: false };
};

/** The state of a row: of a whole bar that of its last stretch, of all else whether it tells of an error. */
export const statusOf = (store: TraceStore, row: number): RowStatus => {
  const { bars } = store;
  if (store.isError(row)) return 'failed';
  const subject = store.subject[row] as number;
  const whole = showsBar(store, row);
  if (whole && !Number.isNaN(bars.badAt[subject])) return 'failed';
  const stretch = whole ? (bars.last[subject] as number) : ownStretch(store, row);
  if (stretch === none || !Number.isNaN(bars.to[stretch])) return 'done';
  const kind = kindOf(store, stretch, subject);
  if (kind === 'person') return 'waiting';
  return isActive(kind) ? 'running' : 'queued';
};
