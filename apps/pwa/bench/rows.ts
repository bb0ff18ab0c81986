/** One measured line: what, its figures as text, the budget that it is held against, and whether it keeps it (null: there is none). */
export type Row = {
  readonly what: string;
  readonly measured: string;
  readonly budget: string;
  readonly holds: boolean | null;
};

/** A row as a line of text. */
export const tellRow = ({ what, measured, budget, holds }: Row): string =>
  `${holds === null ? ' ' : holds ? '✓' : '✗'} ${what}: ${measured}${budget === '' ? '' : ` (${budget})`}`;

/** The middle one; of an even number the lower of the two. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? NaN;

/** The value that `share` of all do not exceed. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? NaN;
