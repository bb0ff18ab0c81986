import { reviewerWords, type ApprovalView, type Evidence, type EvidenceCommand } from '@hive/events';
import { count } from '../../ui/duration.ts';

/** One fact of an evidence record. `value` is what is copied, where that is longer than what is shown. */
export type Fact = {
  readonly name: string;
  readonly texts: readonly string[];
  readonly value?: string;
  readonly mono?: boolean;
  readonly tone?: 'failed' | 'waiting';
};

const fact = (name: string, texts: readonly string[], more: Partial<Fact> = {}): Fact[] =>
  texts.length === 0 ? [] : [{ name, texts, ...more }];

const sha = (name: string, hash: string): Fact => ({ name, texts: [hash.slice(0, 12)], value: hash, mono: true });

const runsOf = ({ commands, batch }: Evidence): readonly EvidenceCommand[] => [...commands, ...(batch?.commands ?? [])];

const egressOf = (evidence: Evidence): readonly string[] => {
  const reached = [...(evidence.setup?.egress ?? []), ...runsOf(evidence).flatMap(({ egress = [] }) => egress)];
  const byHost = Map.groupBy(reached, ({ host, port }) => `${host}:${port}`);
  return [...byHost].map(([host, all]) => {
    const made = all.reduce((sum, { connections }) => sum + connections, 0);
    const sent = all.reduce((sum, it) => sum + it.sent, 0);
    const received = all.reduce((sum, it) => sum + it.received, 0);
    const refused = all.find((it) => it.refused !== undefined)?.refused;
    const words = made === 0 ? '' : `: ${count(made, 'connection')}, ${sent} B sent, ${received} B received`;
    return `${host}${words}${refused === undefined ? '' : `; refused: ${refused.because}`}`;
  });
};

const mutantsOf = ({ mutants }: Evidence): readonly string[] => {
  if (mutants === undefined) return [];
  const { tried, rejected, made = tried, broken = 0, survivors = [] } = mutants;
  const untried = made - tried - broken;
  return [
    `${rejected} of ${tried} small mistakes in the changed lines rejected${broken > 0 ? `, ${broken} did not compile` : ''}${untried > 0 ? `, ${untried} not tried in time` : ''}`,
    ...survivors.map(({ file, line, what }) => `not noticed: ${file}:${line} ${what}`),
  ];
};

const approvalWords = ({ state, decidedBy, decidedAt, reason, action }: ApprovalView): string =>
  `${action}: ${state}${decidedBy === null ? '' : ` by ${decidedBy}`}${decidedAt === null ? '' : `, ${decidedAt}`}${reason === null ? '' : ` (${reason})`}`;

const setupWords = ({ argv, cached, scripts }: NonNullable<Evidence['setup']>): string =>
  `${argv.join(' ')}${scripts === 'offline' ? ', scripts without a registry' : ''}${cached ? ' (reused)' : ''}`;

/** Everything that an evidence record says beside its runs, in the order in which a person asks; what it does not say is left out. */
export const evidenceFacts = (evidence: Evidence, approvals: readonly ApprovalView[] = []): readonly Fact[] => {
  const { base, head, tree, patch, author, setup, checkedBy, reviewers = [], secondOpinion, batch, sandbox } = evidence;
  const { tests, flaky = [], dropped = [], mutants, at } = evidence;
  const rest = tests === undefined ? 0 : tests.count - tests.files.length;
  return [
    sha('Base', base),
    sha('Head', head),
    sha('Tree', tree),
    { ...sha('Patch', patch), name: 'Patch (SHA-256)' },
    ...fact('Author', [author], { mono: true }),
    ...fact('Setup', setup === undefined ? [] : [setupWords(setup)], { mono: true }),
    ...fact('Checked by', [`${checkedBy.agent} on ${checkedBy.host}`, at]),
    sandbox === 'none'
      ? { name: 'Sandbox', texts: ['none: the commands ran as the user of Hive'], tone: 'waiting' }
      : { name: 'Sandbox', texts: [sandbox] },
    ...fact(
      'Reviews',
      reviewers.length === 0
        ? ['none yet']
        : reviewers.map((it) => `${reviewerWords(it)}${it.kind === 'human' ? '' : ` (${it.agent})`}`),
    ),
    ...fact('Approval', approvals.map(approvalWords)),
    ...fact(
      'Second opinion',
      secondOpinion === undefined
        ? []
        : [`${secondOpinion.agent} on ${secondOpinion.host} ran the checks once more and came to the same`],
    ),
    ...fact(
      'Merged together',
      batch === undefined
        ? []
        : [
            `with ${count(batch.changes.length - 1, 'other change')} on ${batch.base.slice(0, 12)}, checked as ${batch.head.slice(0, 12)} by ${batch.checkedBy.agent} on ${batch.checkedBy.host}`,
          ],
    ),
    ...fact(
      'Tests of the change',
      tests === undefined ? [] : [...tests.files, ...(rest > 0 ? [`and ${rest} more`] : [])],
      { mono: true },
    ),
    ...fact(
      'Mutants',
      mutantsOf(evidence),
      mutants !== undefined && mutants.rejected < mutants.tried ? { tone: 'waiting' } : {},
    ),
    ...fact(
      'Flaky',
      flaky.map((name) => `${name} ended differently when it ran again, so it proves nothing`),
      { tone: 'waiting' },
    ),
    ...fact(
      'Not counted',
      dropped.map((name) => `${name} was found and is red on the base`),
    ),
    ...fact('Network', egressOf(evidence)),
  ];
};

/** A run of a check as it is listed, with where it ran. */
export type RunGroup = { readonly name: string; readonly runs: readonly EvidenceCommand[] };

/** The runs in the order of the proof; those of a common merge are their own group. */
export const runGroups = ({ commands, batch }: Evidence): readonly RunGroup[] => [
  { name: 'Runs', runs: commands },
  ...(batch === undefined ? [] : [{ name: 'Runs of the changes together', runs: batch.commands }]),
];
