/** `quick` is what every push runs, `full` what a release does. */
export type Mode = 'quick' | 'full';

/** What came of a row. A violation is whatever must never happen: something lost, doubled, stale or stuck, or a fault that struck nobody. */
export type Outcome = {
  readonly runs: number;
  /** Tasks or calls that were in the middle of something when the fault came. */
  readonly interrupted?: number;
  readonly violations: number;
  readonly seeds?: string;
  readonly ms: number;
  readonly store: string;
  readonly notes: string;
  /** What reliability.json keeps beside the row. */
  readonly details?: readonly Readonly<Record<string, string | number>>[];
};

/** One row of RELIABILITY.md. A file in `rows/` that exports these is one. */
export type Row = {
  /** As in the list of figures: `R1`, `R8b`. */
  readonly id: string;
  readonly title: string;
  readonly run: (mode: Mode) => Promise<Outcome>;
};

/** When a row was run last, on which commit, and what came of it. */
export type Ran = { readonly mode: Mode; readonly commit: string; readonly date: string; readonly outcome: Outcome };

/** A row of the report; `ran` null: not run. */
export type ReportedRow = Pick<Row, 'id' | 'title'> & { readonly ran: Ran | null };
