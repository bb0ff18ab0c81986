import type { Mode, RanRow } from './row.ts';

/** Everything that RELIABILITY.md says, as reliability.json keeps it. */
export type Report = {
  readonly mode: Mode;
  readonly commit: string;
  readonly date: string;
  readonly machine: {
    readonly cores: number;
    readonly memoryGb: number;
    readonly node: string;
    readonly system: string;
  };
  readonly rows: readonly RanRow[];
};

/** RELIABILITY.md. Pure, so that a test can see that nobody edited it by hand. */
export const markdownOf = ({ mode, commit, date, machine, rows }: Report): string =>
  `# Reliability

What was done to Hive and what came of it. Written by \`npx nx run tools:reliability -- --${mode}\` and never by hand: a test compares it with
reliability.json. A violation is anything lost, doubled, stale or stuck, and also a fault that struck nobody.

Commit ${commit} · ${date} · ${mode} run · ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}

| row | fault | runs | interrupted | violations | seeds | time | store | notes |
| --- | ----- | ---: | ----------: | ---------: | ----- | ---: | ----- | ----- |
${rows.map(lineOf).join('\n')}

## A row again

\`npx nx run tools:reliability -- --quick --only R1\` runs one row, \`--full\` at full length; a row that was not run keeps what it said. \`hive chaos --seed N\`
kills the same processes at the same places again, for anyone.

## Not covered

Power cuts (a killed process does not empty the page cache), media corruption, networks that part between several hosts (only proxies on one
machine), and workers that lie.
`;

const lineOf = ({ id, title, outcome }: RanRow): string => {
  const cells =
    outcome === null
      ? ['not run', '', '', '', '', '', '']
      : [
          outcome.runs,
          outcome.interrupted ?? '',
          outcome.violations,
          outcome.seeds ?? '',
          `${Math.round(outcome.ms / 1000)} s`,
          outcome.store,
          outcome.notes,
        ];
  return `| ${[id, title, ...cells].map((cell) => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
};
