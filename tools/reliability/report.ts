import type { ReportedRow } from './row.ts';

/** Everything that RELIABILITY.md says, as reliability.json keeps it. */
export type Report = { readonly machine: string; readonly rows: readonly ReportedRow[] };

const head = ['row', 'fault', 'run', 'runs', 'interrupted', 'violations', 'seeds', 'time', 'store', 'commit', 'date'];

/** RELIABILITY.md. Pure, so that a test sees when somebody edited it by hand. */
export const markdownOf = ({ machine, rows }: Report): string =>
  [
    '# Reliability',
    'What was done to Hive and what came of it. `npx nx run tools:reliability -- --full` writes this page from reliability.json; nobody edits it by hand, and a\n' +
      'test compares the two. A violation is anything lost, doubled, stale or stuck, and also a fault that struck nobody.',
    machine,
    [line(head), line(head.map(() => '---')), ...rows.map((row) => line(cellsOf(row)))].join('\n'),
    '## What was seen',
    rows
      .filter((row) => row.ran !== null && row.ran.outcome.notes !== '')
      .map(({ id, ran }) => `- **${id}**: ${ran?.outcome.notes ?? ''}`)
      .join('\n'),
    ...plantedOf(rows),
    '## A row again',
    '`npx nx run tools:reliability -- --quick --only R1` runs one row; the others keep what they said. `--full` runs it at full length. `hive chaos --seed N` kills\n' +
      'the same processes at the same places again, for anyone. Counts for each failpoint and kind of process are in reliability.json.',
    '## Not covered',
    'Power cuts (a killed process does not empty the page cache), media corruption, networks that part between several hosts (only proxies on one machine),\n' +
      'and workers that lie.',
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');

/** Which harness caught each planted bug, where the row was run. */
const plantedOf = (rows: readonly ReportedRow[]): string[] => {
  const planted = rows.flatMap(({ ran }) => ran?.outcome.details ?? []).filter((it) => 'mutant' in it);
  if (planted.length === 0) return [];
  const caught = Map.groupBy(planted, (it) => String(it['row']));
  const head = ['planted bugs', 'caught by'];
  const list = [...caught].map(([row, bugs]) => [
    `${row} (${bugs.length})`,
    bugs.map((it) => `${it['mutant']}: ${it['harness']}, “${it['assertion']}”`).join('<br>'),
  ]);
  return [
    '## Planted bugs',
    `${planted.length} in ${caught.size} rows of the list; each is put into the code that ships, and the test that is named has to fail.`,
    [line(head), line(head.map(() => '---')), ...list.map(line)].join('\n'),
  ];
};

const line = (cells: readonly (string | number)[]): string =>
  `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;

const cellsOf = ({ id, title, ran }: ReportedRow): (string | number)[] => {
  if (ran === null) return [id, title, 'not run', ...head.slice(3).map(() => '')];
  const { mode, commit, date, outcome } = ran;
  const { runs, interrupted = '', violations, seeds = '', ms, store } = outcome;
  return [id, title, mode, runs, interrupted, violations, seeds, `${Math.round(ms / 1000)} s`, store, commit, date];
};
