import type { Machine } from './machine.ts';
import type { Row } from './row.ts';
import type { Rounds } from './run-row.ts';
import { judge, summariesOf, type Summaries, type Summary, type Verdict } from './verdict.ts';
import { median } from './statistics.ts';

/** A row with everything that was found. */
export type RowReport = {
  readonly row: Row;
  readonly rounds: Rounds;
  readonly summaries: Summaries;
  readonly verdicts: readonly Verdict[];
};

export const reportOf = (row: Row, rounds: Rounds): RowReport => {
  const summaries = summariesOf(row, rounds);
  const errorOf = (variant: string) =>
    rounds.rounds.flat().find((run) => run.variant === variant && run.error)?.error ?? null;
  return { row, rounds, summaries, verdicts: row.targets.map((target) => judge(target, summaries, errorOf)) };
};

/** A number for people: three or four digits that mean something. */
export const shown = (value: number): string => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : 'never';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return Number(value.toPrecision(3)).toString();
};

const spread = ({ median: middle, least, most }: Summary): string =>
  least === most ? shown(middle) : `${shown(middle)} [${shown(least)}-${shown(most)}]`;

const range = (values: readonly number[]): string =>
  spread({ median: median(values), least: Math.min(...values), most: Math.max(...values) });

const table = (lines: readonly (readonly string[])[]): string[] => {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const [head = [], ...rest] = lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)));
  return [head, widths.map((width) => '-'.repeat(width)), ...rest].map((cells) => `| ${cells.join(' | ')} |`);
};

const limitOf = ({ target }: Verdict): string => {
  const { atLeast, atMost, against, stretch } = target;
  const times = against ? 'x' : '';
  const limit = atLeast === undefined ? `<= ${atMost ?? ''}${times}` : `>= ${atLeast}${times}`;
  return stretch === undefined ? limit : `${limit} (stretch ${stretch}${times})`;
};

const outcome = (verdict: Verdict): string => {
  if (verdict.reached === null) return `not measured: ${verdict.why ?? ''}`;
  if (!verdict.reached) return 'not reached';
  return verdict.stretched ? 'reached, stretch too' : 'reached';
};

const measured = ({ row, rounds, summaries }: RowReport): string[] => {
  const figures = Object.keys(row.units);
  const runs = rounds.rounds.flat();
  const lines = row.variants.map((variant) => {
    const of = runs.filter((run) => run.variant === variant);
    const cells = figures.map((figure) => {
      const summary = summaries[variant]?.[figure];
      return summary ? spread(summary) : '–';
    });
    return [variant, ...cells, range(of.map((run) => run.commitMs)), range(of.map((run) => run.load))];
  });
  const errors = row.variants.flatMap((variant) => {
    const error = runs.find((run) => run.variant === variant && run.error)?.error;
    return error ? [`${variant}: ${error}`] : [];
  });
  const discarded = rounds.discarded > 0 ? `; ${rounds.discarded} discarded because the disk was not steady` : '';
  const unsteady = rounds.unsteady > 0 ? `; ${rounds.unsteady} kept although it was not` : '';
  const heads = figures.map((figure) => (row.units[figure] ? `${figure} (${row.units[figure]})` : figure));
  return [
    `### ${row.name}: ${row.about}`,
    `rounds: ${rounds.rounds.length}${discarded}${unsteady}`,
    '',
    ...table([['', ...heads, 'commit ms', 'load'], ...lines]),
    ...(errors.length > 0 ? ['', ...errors] : []),
    '',
  ];
};

/** The whole report as text: what was measured, and what of the targets was reached. */
export const textOf = (machine: Machine, reports: readonly RowReport[]): string => {
  const settings = Object.entries(machine.settings).map(([name, value]) => `${name} ${value}`);
  const targets = reports.flatMap(({ row, verdicts }) =>
    verdicts.map((verdict) => [
      row.name,
      verdict.target.of,
      verdict.target.figure,
      verdict.value === null ? '–' : `${shown(verdict.value)}${verdict.best ? `x of ${verdict.best}` : ''}`,
      limitOf(verdict),
      outcome(verdict),
    ]),
  );
  return [
    `${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Node ${machine.node}, SQLite ${machine.sqlite}${machine.postgres === null ? '' : `, PostgreSQL ${machine.postgres} (${settings.join(', ')})`}`,
    'Medians [least-most]. Absolute times depend on the machine; the ratios are what counts.',
    '',
    ...reports.flatMap(measured),
    '### Targets',
    '',
    ...table([['row', 'of', 'figure', 'value', 'target', ''], ...targets]),
  ].join('\n');
};

/** The same for programs; numbers that JSON does not know are texts. */
export const jsonOf = (machine: Machine, reports: readonly RowReport[]): string =>
  JSON.stringify(
    {
      machine,
      rows: reports.map(({ row, rounds, summaries, verdicts }) => ({
        ...{ name: row.name, about: row.about, units: row.units, ...rounds, medians: summaries },
        targets: verdicts.map(({ target, ...verdict }) => ({ ...target, ...verdict })),
      })),
    },
    (_key, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value),
    2,
  );
