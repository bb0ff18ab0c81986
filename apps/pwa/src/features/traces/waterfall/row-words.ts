import { duration } from '../../../ui/duration.ts';
import { visibleLine } from '../../../ui/visible-text.ts';
import { showsBar, spanOf, statusOf, type RowStatus } from './row-facts.ts';
import type { TraceStore } from './trace-store.ts';

/** A row as people read it; control and bidi characters are visible escapes. */
export type RowWords = {
  readonly name: string;
  readonly status: RowStatus;
  /** Of something that lasts; empty for a moment. */
  readonly lasted: string;
  readonly offset: string;
  readonly actor: string;
};

export const rowWords = (store: TraceStore, row: number, now: number): RowWords => {
  const span = spanOf(store, row, now);
  const type = visibleLine(store.textOf('type', row));
  const words = visibleLine(store.textOf('words', row));
  return {
    name: words === '' ? type : showsBar(store, row) ? `${words} (${type})` : `${type}: ${words}`,
    status: statusOf(store, row),
    lasted: span.to > span.from || span.isOpen ? `${duration(span.to - span.from)}${span.isOpen ? ' so far' : ''}` : '',
    offset: `+${duration((store.at[row] ?? 0) - store.firstAt)}`,
    actor: visibleLine(store.textOf('actor', row)),
  };
};

/** A row in one line, for copying. */
export const rowLine = (store: TraceStore, row: number, now: number): string => {
  const { name, status, lasted, offset, actor } = rowWords(store, row, now);
  return [new Date(store.at[row] ?? 0).toISOString(), offset, status, name, lasted, actor]
    .filter((it) => it !== '')
    .join('  ');
};
