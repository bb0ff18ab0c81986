import type { TraceColumns } from './trace-columns.ts';
import { stepsOfColumns, type TraceRow } from './trace-row.ts';

/** Rows that become columns, one after the other in log order. */
export type ColumnsMaker = {
  add(row: TraceRow): void;
  /** The ids of the causes that are not among the rows. */
  outside(): readonly string[];
  /** Ends it. `positionOf` answers the position of a cause that is not among the rows, where it is in this trace. */
  end(of: { readonly next: string | null; readonly positionOf: (id: string) => number | undefined }): TraceColumns;
};

/** Makes the columns of a part of a trace. */
export const createColumns = (correlationId: string): ColumnsMaker => {
  const columns: TraceColumns = {
    ...{
      correlationId,
      next: null,
      ids: '',
      positions: [],
      times: [],
      causes: [],
      types: [],
      actors: [],
      subjects: [],
    },
    ...{ words: [], steps: [], took: [], flags: [], strings: [] },
  };
  const { positions, times, causes, types, actors, subjects, words, steps, took, flags, strings } = columns;
  const indexes = new Map<string, number>();
  const indexOf = (text: string): number => {
    const known = indexes.get(text);
    if (known !== undefined) return known;
    indexes.set(text, strings.length);
    return strings.push(text) - 1;
  };
  const own = new Map<string, number>();
  /** Rows whose cause was not there yet when they came: their places and positions, by the cause's id. */
  const early = new Map<string, (readonly [place: number, position: number])[]>();
  const ids: string[] = [];
  let [position, at] = [0, 0];

  return {
    add: (row) => {
      const { id, causationId } = row;
      const cause = causationId === null ? undefined : own.get(causationId);
      if (causationId !== null && cause === undefined) {
        const others = early.get(causationId) ?? [];
        others.push([ids.length, row.position]);
        early.set(causationId, others);
      }
      own.set(id, row.position);
      ids.push(id);
      positions.push(row.position - position);
      times.push(row.at - at);
      causes.push(cause === undefined ? 0 : row.position - cause);
      types.push(indexOf(row.type));
      actors.push(indexOf(row.actor));
      subjects.push(indexOf(row.subject));
      words.push(indexOf(row.words));
      steps.push(row.step === null ? 0 : stepsOfColumns.indexOf(row.step) + 1);
      took.push(row.tookMs);
      flags.push((row.isError ? 1 : 0) + (row.isTask ? 2 : 0) + (row.byModel ? 4 : 0));
      [position, at] = [row.position, row.at];
    },
    outside: () => [...early.keys()].filter((id) => !own.has(id)),
    end: ({ next, positionOf }) => {
      for (const [id, rows] of early) {
        const cause = own.get(id) ?? positionOf(id);
        if (cause !== undefined) for (const [place, effectAt] of rows) causes[place] = effectAt - cause;
      }
      // All at once: by itself, each id would take longer than all else that is done with its row.
      return { ...columns, next, ids: ids.join('').replaceAll('-', '') };
    },
  };
};

/** The rows as columns. `positionOf` answers the position of a cause that is not among them, where it is in this trace. */
export const traceColumns = (
  correlationId: string,
  rows: readonly TraceRow[],
  end: Parameters<ColumnsMaker['end']>[0],
): TraceColumns => {
  const columns = createColumns(correlationId);
  for (const row of rows) columns.add(row);
  return columns.end(end);
};
