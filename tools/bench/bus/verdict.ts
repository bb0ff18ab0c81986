import type { Rounds } from './run-row.ts';
import type { Row, Target } from './row.ts';
import { median } from './statistics.ts';

/** One figure of one variant over all rounds. */
export type Summary = { readonly median: number; readonly least: number; readonly most: number };

/** What became of a target. `value` is the ratio, or the figure itself where there is nobody to compare with. */
export type Verdict = {
  readonly target: Target;
  readonly value: number | null;
  /** The best of those that it was compared with. */
  readonly best: string | null;
  readonly reached: boolean | null;
  readonly stretched: boolean | null;
  /** Why there is no value. */
  readonly why: string | null;
};

export type Summaries = Readonly<Record<string, Readonly<Record<string, Summary>>>>;

/** The medians of a row, by variant and figure. */
export const summariesOf = (row: Row, { rounds }: Rounds): Summaries =>
  Object.fromEntries(
    row.variants.map((variant) => {
      const runs = rounds.flat().filter((run) => run.variant === variant);
      const figures = Object.keys(row.units).flatMap((figure) => {
        const values = runs.flatMap((run) => run.figures?.[figure] ?? []);
        if (values.length === 0) return [];
        return [[figure, { median: median(values), least: Math.min(...values), most: Math.max(...values) }] as const];
      });
      return [variant, Object.fromEntries(figures)];
    }),
  );

/** Judges a target by the medians. More is better where `atLeast` is set: the best of the others is then the highest. */
export const judge = (target: Target, summaries: Summaries, errorOf: (variant: string) => string | null): Verdict => {
  const { figure, of, against, atLeast, atMost, stretch } = target;
  const moreIsBetter = atLeast !== undefined;
  const missing = [of, ...(against ?? [])].find((variant) => summaries[variant]?.[figure] === undefined);
  const own = summaries[of]?.[figure]?.median;
  if (missing !== undefined || own === undefined)
    return {
      ...{ target, value: null, best: null, reached: null, stretched: null },
      why: `${missing ?? of}: ${errorOf(missing ?? of) ?? 'not measured'}`,
    };
  const others = (against ?? []).map((variant) => ({ variant, value: summaries[variant]?.[figure]?.median ?? NaN }));
  const [best] = others.toSorted((a, b) => (moreIsBetter ? b.value - a.value : a.value - b.value));
  const value = best ? own / best.value : own;
  const reaches = (limit: number) => (moreIsBetter ? value >= limit : value <= limit);
  return {
    ...{ target, value, best: best?.variant ?? null, why: null },
    reached: reaches(atLeast ?? atMost ?? NaN),
    stretched: stretch === undefined ? null : reaches(stretch),
  };
};
