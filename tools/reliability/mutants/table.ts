import type { Row } from './mutant.ts';
import type { Verdict } from './run-suite.ts';

/** What came of every planted bug, and which could not be planted: the table that people read. */
export const tableOf = (rows: readonly Row[], verdicts: readonly Verdict[]): string => {
  const cells = verdicts.map(({ breaks, mutant, caught, sentence, ms }) => [
    caught ? 'caught' : 'MISSED',
    mutant.name,
    mutant.file.replace(/^(packages|apps)\//, ''),
    breaks,
    mutant.caughtBy.file.split('/').at(-1) ?? '',
    mutant.caughtBy.title,
    `${ms} ms`,
    shortened(sentence),
  ]);
  const head = ['', 'planted bug', 'in', 'breaks', 'harness', 'assertion that failed', 'time', 'it said'];
  const widths = head.map((name, i) => Math.max(name.length, ...cells.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  const asked = new Set(verdicts.map((it) => it.row));
  return [
    line(head),
    ...rows
      .filter(({ name }) => asked.has(name))
      .flatMap((row) => [
        `— ${row.name}`,
        ...verdicts.flatMap((it, i) => (it.row === row.name ? [line(cells[i] ?? [])] : [])),
      ]),
    ...rows.flatMap(({ notYet = [] }) => notYet.map(({ what, why }) => `not applicable yet: ${what}: ${why}`)),
    summaryOf(verdicts),
  ].join('\n');
};

/** One sentence for the end. */
export const summaryOf = (verdicts: readonly Verdict[]): string => {
  const missed = verdicts.filter(({ caught }) => !caught);
  const said = missed.map(({ mutant, sentence }) => `\nMISSED ${mutant.name}: ${sentence}`);
  return `${verdicts.length - missed.length} of ${verdicts.length} planted bugs caught${said.join('')}`;
};

const shortened = (text: string): string => {
  const [first = ''] = text.split('\n');
  return first.length > 90 ? `${first.slice(0, 89)}…` : first;
};
