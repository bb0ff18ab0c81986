import { isErrorFlag } from './row-facts.ts';
import { none, stretchKinds } from './subject-bars.ts';
import type { TimeScale } from './time-scale.ts';
import type { TraceStore } from './trace-store.ts';

/** A trace in pixel columns: how much happened in each, and the one thing by which it is coloured. */
export type MinimapColumns = {
  readonly events: Uint32Array;
  /** How many stretches of work cross it. */
  readonly busy: Uint32Array;
  /** An index in `minimapTones`; 255: nothing. */
  readonly tone: Uint8Array;
};

/** What colours a column, the strongest first: status wins over kind, so that one error among ten thousand events is seen. */
export const minimapTones = ['failed', 'person', 'model', 'merge', 'check', 'review', 'command', 'event'] as const;

const empty = 255;
/** The tone of a stretch by the number of its kind; `work` is the author's. Who waits in the queue colours nothing. */
const tonesOf = (work: 'model' | 'command'): readonly number[] =>
  stretchKinds.map((kind) => minimapTones.findIndex((tone) => tone === (kind === 'work' ? work : kind)));
const tonesOfModels = tonesOf('model');
const tonesOfCommands = tonesOf('command');

export const minimapColumns = (store: TraceStore, scale: TimeScale, now: number): MinimapColumns => {
  const width = Math.max(1, Math.floor(scale.width));
  const columns = {
    events: new Uint32Array(width),
    busy: new Uint32Array(width),
    tone: new Uint8Array(width).fill(empty),
  };
  const { events, busy, tone } = columns;
  const columnOf = (at: number) => Math.min(width - 1, Math.max(0, Math.floor(scale.x(at))));
  const { at, flags, rows } = store;
  // Rows that follow each other mostly lie in one column: its beginning and end are looked up once for all of them.
  let [column, from, to] = [0, Infinity, -Infinity];
  for (let row = 0; row < rows; row += 1) {
    const moment = at[row] as number;
    if (!(moment >= from && moment < to)) {
      column = columnOf(moment);
      from = scale.at(column);
      to = scale.at(column + 1);
    }
    (events[column] as number)++;
    const index = ((flags[row] as number) & isErrorFlag) === 0 ? minimapTones.length - 1 : 0;
    if (index < (tone[column] as number)) tone[column] = index;
  }
  const { bars } = store;
  for (let subject = 0; subject < bars.first.length; subject += 1) {
    const tones = bars.byModel[subject] === 1 ? tonesOfModels : tonesOfCommands;
    for (let at = bars.firstOf(subject); at !== none; at = bars.next[at] as number) {
      const index = tones[bars.kind[at] as number] ?? -1;
      if (index < 0) continue;
      const to = bars.to[at] as number;
      const last = columnOf(Number.isNaN(to) ? now : to);
      for (let column = columnOf(bars.from[at] as number); column <= last; column += 1) {
        (busy[column] as number)++;
        if (index < (tone[column] as number)) tone[column] = index;
      }
    }
  }
  return columns;
};
