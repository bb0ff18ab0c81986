import type { Place } from './contender.ts';

/** How much is measured: `quick` shows that everything works, `full` is what figures are quoted from. */
export type Scale = { readonly quick: boolean; readonly large: boolean };

/** What one run measured, by name. NaN: could not be measured. */
export type Figures = Readonly<Record<string, number>>;

/** What a figure has to reach. */
export type Target = {
  readonly figure: string;
  /** Whose figure. */
  readonly of: string;
  /** The figure is divided by the best of these; without, it is taken as it is. */
  readonly against?: readonly string[];
  readonly atLeast?: number;
  readonly atMost?: number;
  /** What else would be welcome. */
  readonly stretch?: number;
};

/** One line of inquiry: what is measured, of whom, and what is to be reached. */
export type Row = {
  readonly name: string;
  readonly about: string;
  readonly database: 'postgres' | 'sqlite';
  readonly variants: readonly string[];
  /** The figures in the order of the table, with their units. */
  readonly units: Readonly<Record<string, string>>;
  /** For what takes long or counts many events by itself; five when left out, one with `--quick`. */
  readonly rounds?: number;
  readonly limitMs: number;
  readonly targets: readonly Target[];
  /** Runs in a process of its own with a fresh database. */
  readonly measure: (variant: string, place: Place, scale: Scale) => Promise<Figures>;
};
