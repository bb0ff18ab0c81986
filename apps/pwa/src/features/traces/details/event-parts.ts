import { proofWords, reviewerWords, type DataOf, type Evidence, type Finding, type HiveEvent } from '@hive/events';
import { duration } from '../../../ui/duration.ts';

/** One thing that an event says beside its words. */
export type EventFact = {
  readonly name: string;
  readonly text: string;
  readonly tone?: 'ok' | 'failed' | 'waiting';
  readonly mono?: true;
};

/** A text that an event refers to by its hash, read when it is opened: what a model was asked, what it answered, what a command printed. */
export type EventText = {
  readonly name: string;
  readonly kind: 'prompt' | 'reply' | 'output';
  readonly hash: string;
  readonly tone?: 'ok' | 'failed' | 'waiting';
};

/** What belongs together, under a heading. */
export type EventPart = {
  readonly name: string;
  readonly facts: readonly EventFact[];
  readonly texts: readonly EventText[];
};

/** Where more is told. `href` is an address of the control room. */
export type EventLink = { readonly name: string; readonly href: string };

const grouped = new Intl.NumberFormat('en');
const figure = (n: number | null, write: (n: number) => string = (it) => grouped.format(it)): string =>
  n === null ? 'not reported' : write(n);
const dollars = (usd: number): string => (usd === 0 ? 'no charge' : `$${usd.toFixed(4)}`);
const fact = (
  name: string,
  text: string | null | undefined,
  more: Omit<EventFact, 'name' | 'text'> = {},
): EventFact[] => (text === null || text === undefined || text === '' ? [] : [{ name, text, ...more }]);
const part = (name: string, facts: readonly EventFact[], texts: readonly EventText[] = []): EventPart[] =>
  facts.length + texts.length === 0 ? [] : [{ name, facts, texts }];

const sources = { live: '', cache: 'from what was answered before', replay: 'from the recording' } as const;

const callParts = (data: DataOf<'model.called'>): readonly EventPart[] => {
  const { model, asked, box, provider, destination, outcome, source, because, atOnce, denied } = data;
  const { input, output, cached, costUsd, totalMs, firstTokenMs, tokensPerS, queuedMs, loadMs } = data;
  return [
    ...part('Model', [
      ...fact('Model', asked === undefined || asked === model ? model : `${model}, asked as ${asked}`, { mono: true }),
      ...fact('Where', `${box ?? provider}, ${destination}`, { mono: true }),
      { name: 'Outcome', text: outcome, tone: outcome === 'ok' ? 'ok' : 'failed' },
      ...fact('Nothing was sent', denied && `${denied.rule}${denied.path === null ? '' : `: ${denied.path}`}`),
      ...fact('Answered', sources[source]),
      ...fact('Why there', because),
      ...fact('At once', atOnce),
      ...fact('Tokens', `${figure(input)} in, ${figure(output)} out, ${figure(cached)} from a cache`),
      ...fact('Cost', figure(costUsd, dollars)),
      ...fact('Took', `${duration(totalMs)}, first token after ${figure(firstTokenMs, duration)}`),
      ...fact(
        'Speed',
        figure(tokensPerS, (it) => `${it.toFixed(1)} tokens/s`),
      ),
      ...fact('Waited for its place', queuedMs ? duration(queuedMs) : null),
      ...fact('Loading the model', loadMs ? duration(loadMs) : null),
    ]),
    ...part('Input', [], [{ name: 'What it was asked', kind: 'prompt', hash: data.prompt }]),
    ...part(
      'Output',
      data.reply === null ? [{ name: 'Answer', text: 'none was recorded', tone: 'failed' }] : [],
      data.reply === null ? [] : [{ name: 'What it answered', kind: 'reply', hash: data.reply }],
    ),
  ];
};

const places = { base: 'before', 'base+tests': 'before, with its tests', head: 'after' } as const;

const commandsOf = ({ commands, batch }: Evidence): readonly EventText[] =>
  [...commands, ...(batch?.commands ?? [])].map(({ name, argv, on, exit, infra, ms, log }) => {
    const end = infra ?? (exit === null ? 'ended by a signal' : `exit ${exit}`);
    const isGreen = exit === 0 && infra === undefined;
    return {
      name: `${name} ${places[on]}: ${argv.join(' ')}, ${end}, ${duration(ms)}`,
      kind: 'output',
      hash: log,
      tone: infra === undefined ? (isGreen ? 'ok' : 'failed') : 'waiting',
    };
  });

const evidenceParts = (evidence: Evidence, verdict?: DataOf<'task.checked'>['verdict']): readonly EventPart[] => [
  ...part('Evidence', [
    {
      name: 'Proof',
      text: proofWords(evidence),
      tone: evidence.greenAfter && evidence.redBefore !== 'not_red' ? 'ok' : 'failed',
    },
    ...fact('Checked by', `${evidence.checkedBy.agent} on ${evidence.checkedBy.host}`),
    ...fact('Sandbox', evidence.sandbox === 'none' ? 'none' : evidence.sandbox),
    ...fact('Reviews', evidence.reviewers?.map(reviewerWords).join(', ')),
  ]),
  ...part('Commands', [], commandsOf(evidence)),
  ...findingParts(verdict?.findings),
];

const findingParts = (findings: readonly Finding[] = []): readonly EventPart[] =>
  part(
    'Findings',
    findings.map(({ rule, message, file, line, severity }) => ({
      name: rule,
      text: `${message}${file === undefined ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`}`,
      ...(severity === 'error' && { tone: 'failed' as const }),
    })),
  );

const failureParts = (code: string | null, reason: string, findings?: readonly Finding[]): readonly EventPart[] => [
  ...part('Why', [...fact('Code', code, { tone: 'failed', mono: true }), ...fact('Reason', reason)]),
  ...findingParts(findings),
];

const specParts = ({ spec }: DataOf<'task.created'>): readonly EventPart[] =>
  part('Task', [
    ...fact('Author', spec.author, { mono: true }),
    ...fact('Runs', spec.run?.join(' '), { mono: true }),
    ...fact('May change', spec.paths?.join(', '), { mono: true }),
    ...fact('Checks', spec.checks.map(({ name }) => name).join(', ')),
    ...fact('Priority', spec.priority === 0 ? null : String(spec.priority)),
  ]);

/** What an event says beyond its line, in the order in which a person asks: why it failed, what was asked and answered, what was run. Pure. */
export const eventParts = (event: HiveEvent): readonly EventPart[] => {
  switch (event.type) {
    case 'model.called':
      return callParts(event.data);
    case 'model.intended':
      return part('Input', fact('Model', event.data.model, { mono: true }), [
        { name: 'What it is asked', kind: 'prompt', hash: event.data.prompt },
      ]);
    case 'workflow.plan_generated':
      return part('Output', fact('By', event.data.by), [{ name: 'The plan', kind: 'output', hash: event.data.plan }]);
    case 'task.created':
      return specParts(event.data);
    case 'task.submitted':
      return part('Change', [
        ...fact('Author', event.data.author, { mono: true }),
        ...fact('Commit', `${event.data.commit.slice(0, 12)} on ${event.data.base.slice(0, 12)}`, { mono: true }),
      ]);
    case 'task.checked': {
      const { evidence, verdict } = event.data;
      const why = verdict.code === null ? [] : failureParts(verdict.code, verdict.reason ?? proofWords(evidence));
      return [...why, ...evidenceParts(evidence, verdict)];
    }
    case 'task.completed':
    case 'task.merged':
    case 'merge.intended':
    case 'merge.batch_checked':
    case 'merge.completed':
      return evidenceParts(event.data.evidence);
    case 'task.review_completed':
      return [
        ...part('Review', [
          ...fact('Decision', event.data.decision),
          ...fact('By', `${reviewerWords(event.data.reviewer)} (${event.data.reviewer.agent})`),
          ...fact('Still to come', event.data.remaining === 0 ? null : String(event.data.remaining)),
        ]),
        ...findingParts(event.data.findings),
      ];
    case 'task.returned':
      return [...part('Why', fact('Note', event.data.note)), ...findingParts(event.data.findings)];
    case 'task.refused':
    case 'task.failed':
    case 'task.dead_lettered':
      return failureParts(event.data.code, event.data.reason, event.data.findings);
    case 'task.attempt_failed':
    case 'task.blocked':
    case 'merge.rejected':
    case 'workflow.failed':
    case 'workflow.plan_failed':
      return failureParts(event.data.code, event.data.reason);
    default:
      return [];
  }
};

const withEvidence = new Set<string>([
  'task.checked',
  'task.completed',
  'task.merged',
  'merge.batch_checked',
  'merge.completed',
]);

/** Where more is told of what an event is about: its task, its change, its evidence, its approval, its agent. Pure. */
export const eventLinks = (event: HiveEvent): readonly EventLink[] => {
  const { taskId, approvalId, agent } = event.data as {
    readonly taskId?: string | null;
    readonly approvalId?: string;
    readonly agent?: string | null;
  };
  const view = (id: string) => `/traces/${event.correlationId}?view=${id}&task=${encodeURIComponent(taskId ?? '')}`;
  return [
    ...(typeof taskId === 'string' ? [{ name: 'The task', href: `/tasks/${encodeURIComponent(taskId)}` }] : []),
    ...(event.type === 'task.submitted' ? [{ name: 'The change', href: view('changes') }] : []),
    ...(withEvidence.has(event.type) ? [{ name: 'All of its evidence', href: view('evidence') }] : []),
    ...(typeof approvalId === 'string'
      ? [{ name: 'The approval', href: `/approvals/${encodeURIComponent(approvalId)}` }]
      : []),
    ...(typeof agent === 'string' ? [{ name: `Agent ${agent}`, href: `/agents/${encodeURIComponent(agent)}` }] : []),
  ];
};
