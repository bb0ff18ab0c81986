import { shortId, type Evidence, type Why } from '@hive/events';
import type { Cli } from '../cli.ts';
import { defineCommand } from '../command.ts';
import { withDesk } from '../desk/access.ts';
import { quoted } from '../follow/git-commands.ts';
import { logReader } from '../follow/log-reader.ts';
import { proofFigures } from '../follow/proof-figures.ts';
import type { TestCounts } from '../follow/test-counts.ts';
import { colourOfStatus } from '../terminal/colour.ts';
import { duration } from '../terminal/figures.ts';
import { table } from '../terminal/table.ts';
import { oneLine, visible } from '../terminal/visible.ts';

export const why = defineCommand({
  name: 'why',
  args: [['<commit-or-task>', 'a merged commit (7 characters or more), or the id of a task']],
  says: 'Show the evidence behind a merge, or the reason of a refusal',
  examples: ['hive why a1b2c3d', 'hive why 1a2b3c4d --json'],
  run: (cli, [what = '']) =>
    withDesk(cli, async (desk) => {
      const answer = await desk.why(what);
      cli.out.document(answer);
      cli.out.line(...reasonOf(cli, answer));
      if (answer.evidence) cli.out.line('', ...evidenceLines(answer.evidence, await logReader(desk, answer.evidence)));
      return 0;
    }),
});

const reasonOf = ({ out }: Cli, { task, workflow }: Why): string[] => [
  `${colourOfStatus(out.colour, task.status)(task.status)}  ${oneLine(task.title)}   (task ${oneLine(task.key)}, ${shortId(task.id)})`,
  `of ${shortId(workflow.id)}  ${oneLine(workflow.goal)}`,
  ...(task.code === null ? [] : [`because  ${task.code}: ${oneLine(task.reason ?? '')}`]),
  ...task.findings.map((finding) => `  ${placeOf(finding)}${visible(finding.message).replaceAll('\n', '\n  ')}`),
];

const placeOf = ({ file, line }: { readonly file?: string | undefined; readonly line?: number | undefined }): string =>
  file === undefined ? '' : `${oneLine(file)}${line === undefined ? '' : `:${line}`}  `;

/** The evidence as a person reads it: every run by name, on what, and how it ended. */
const evidenceLines = (evidence: Evidence, countsOf: (log: string) => TestCounts | null): string[] => [
  ...table(null, [
    ['proof', proofFigures(evidence, countsOf)],
    ['base', evidence.base],
    ['head', evidence.head],
    ['patch', `sha256 ${evidence.patch}`],
    ['author', oneLine(evidence.author)],
    ...(evidence.setup
      ? [['setup', `${command(evidence.setup.argv)}${evidence.setup.cached ? ' (reused)' : ''}`]]
      : []),
    [
      'checked',
      `by ${oneLine(evidence.checkedBy.agent)} on ${oneLine(evidence.checkedBy.host)}, sandbox ${evidence.sandbox}, ${evidence.at}`,
    ],
    ...(evidence.reviewers ?? []).map((reviewer) => [
      'review',
      reviewer.kind === 'rules'
        ? `rules passed (${oneLine(reviewer.agent)})`
        : `reviewed by ${oneLine(reviewer.model ?? reviewer.agent)}`,
    ]),
    ...(evidence.dropped ?? []).map((name) => [
      'dropped',
      `${oneLine(name)}: found, and red on the base, so it does not count`,
    ]),
    ...(evidence.flaky ?? []).map((name) => ['flaky', `${oneLine(name)} ended differently when it was run again`]),
  ]),
  '',
  ...table(
    ['check', 'on', 'exit', 'took', 'log', 'command'],
    evidence.commands.map((run) => [
      oneLine(run.name),
      run.on,
      run.infra ?? String(run.exit),
      duration(run.ms),
      run.log.slice(0, 12),
      command(run.argv),
    ]),
  ),
];

const command = (argv: readonly string[]): string => oneLine(argv.map(quoted).join(' '));
