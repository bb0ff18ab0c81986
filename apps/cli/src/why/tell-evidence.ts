import { shortId, type Evidence, type Why } from '@hive/events';
import { quoted } from '../follow/git-commands.ts';
import { mutantFigures, proofFigures } from '../follow/proof-figures.ts';
import type { TestCounts } from '../follow/test-counts.ts';
import { colourOfStatus, type Colour } from '../terminal/colour.ts';
import { count, duration } from '../terminal/figures.ts';
import { table } from '../terminal/table.ts';
import { oneLine, visible } from '../terminal/visible.ts';
import { egressRows } from './tell-egress.ts';

/** What came of a task, and why. */
export const reasonOf = (colour: Colour, { task, workflow }: Why): string[] => [
  `${colourOfStatus(colour, task.status)(task.status)}  ${oneLine(task.title)}   (task ${oneLine(task.key)}, ${shortId(task.id)})`,
  `of ${shortId(workflow.id)}  ${oneLine(workflow.goal)}`,
  ...(task.code === null ? [] : [`because  ${task.code}: ${oneLine(task.reason ?? '')}`]),
  ...task.findings.map((finding) => `  ${placeOf(finding)}${visible(finding.message).replaceAll('\n', '\n  ')}`),
];

const placeOf = ({ file, line }: { readonly file?: string | undefined; readonly line?: number | undefined }): string =>
  file === undefined ? '' : `${oneLine(file)}${line === undefined ? '' : `:${line}`}  `;

const setupNote = ({ cached, scripts }: NonNullable<Evidence['setup']>): string =>
  `${scripts === 'offline' ? ', scripts without a registry' : ''}${cached ? ' (reused)' : ''}`;

/** The evidence as a person reads it: every run by name, on what, and how it ended. */
export const evidenceLines = (evidence: Evidence, countsOf: (log: string) => TestCounts | null): string[] => [
  ...table(null, [
    ['proof', proofFigures(evidence, countsOf)],
    ['base', evidence.base],
    ['head', evidence.head],
    ['patch', `sha256 ${evidence.patch}`],
    ['author', oneLine(evidence.author)],
    ...(evidence.setup ? [['setup', `${command(evidence.setup.argv)}${setupNote(evidence.setup)}`]] : []),
    ...egressRows(evidence),
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
    ...(evidence.flaky ?? []).map((name) => [
      'flaky',
      `${oneLine(name)} ended differently when it was run again, so it does not count`,
    ]),
    ...(evidence.tests ? [['tests', `of the change, laid over the base: ${someOf(evidence.tests)}`]] : []),
    ...mutantLines(evidence),
    ...(evidence.secondOpinion
      ? [
          [
            'confirmed',
            `by ${oneLine(evidence.secondOpinion.agent)} on ${oneLine(evidence.secondOpinion.host)}, which ran the checks once more`,
          ],
        ]
      : []),
    ...(evidence.batch ? [['batch', batchText(evidence.batch)]] : []),
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

const someOf = ({ count, files }: { readonly count: number; readonly files: readonly string[] }): string =>
  `${files.map(oneLine).join(', ')}${count > files.length ? ` and ${count - files.length} more` : ''}`;

const mutantLines = (evidence: Evidence): string[][] => {
  const figures = mutantFigures(evidence);
  if (figures === null) return [];
  const survivors = evidence.mutants?.survivors ?? [];
  return [
    ['mutants', figures],
    ...survivors.map(({ file, line, what }) => ['not noticed', `${oneLine(file)}:${line}  ${oneLine(what)}`]),
  ];
};

const batchText = ({ changes, base, checkedBy }: NonNullable<Evidence['batch']>): string =>
  `went in with ${count(changes.length - 1, 'other change')} on ${base.slice(0, 12)}, checked together by ${oneLine(checkedBy.agent)} on ${oneLine(checkedBy.host)}`;

const command = (argv: readonly string[]): string => oneLine(argv.map(quoted).join(' '));
