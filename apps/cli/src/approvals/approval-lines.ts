import { shortId, type ApprovalSummary } from '@hive/events';
import { bytes, count } from '../terminal/figures.ts';
import { table } from '../terminal/table.ts';
import { oneLine } from '../terminal/visible.ts';
import { cut } from '../terminal/width.ts';

const mostFiles = 20;
const mostTasks = 30;

type Shown = NonNullable<ApprovalSummary['document']>;

/** The list of requests. */
export const approvalTable = (items: readonly ApprovalSummary[]): string[] =>
  table(
    ['id', 'state', 'tier', 'until', 'for', 'what'],
    items.map((it) => [
      shortId(it.id),
      it.state,
      it.tier,
      it.expiresAt,
      oneLine(it.assignedTo ?? 'anyone'),
      cut(oneLine(it.action), 100),
    ]),
  );

/** What will happen, why a person is asked, what it touches, and how to see the whole: what stands here is what the decision is bound to. */
export const approvalLines = (it: ApprovalSummary): string[] => [
  `${oneLine(it.action)}`,
  `  ${it.tier} ${it.kind}, proposed by ${oneLine(it.proposer)}${it.assignedTo === null ? '' : `, for ${oneLine(it.assignedTo)}`}; ${endOf(it)}`,
  ...(it.document ? documentLines(it.document) : ['  What was shown is not there any more']),
  `  Id ${shortId(it.id)}, action ${it.actionHash}`,
];

const endOf = ({ state, expiresAt, decidedBy, reason }: ApprovalSummary): string => {
  if (state === 'open') return `counts as denied after ${expiresAt}`;
  const why = reason === null ? '' : ` (${oneLine(reason)})`;
  return `${state}${decidedBy === null ? '' : ` by ${oneLine(decidedBy)}`}${why}`;
};

const documentLines = (shown: Shown): string[] => [
  ...shown.because.map(({ by, text }) => `  Because (${by}): ${oneLine(text)}`),
  ...(shown.egress ? egressLines(shown.egress) : []),
  ...(shown.reach ? reachLines(shown.reach) : []),
  ...fileLines(shown.files),
  ...(shown.kind === 'plan' ? taskLines(shown.tasks) : []),
  ...shown.commands.map(({ what, argv }) => `  Runs (${what}): ${oneLine(argv.join(' '))}`),
  ...(shown.proof ? [`  Proof: ${proofText(shown.proof)}`] : []),
  ...(shown.taskId !== null && shown.patch !== null
    ? [`  See the whole change: hive diff ${shortId(shown.taskId)}`]
    : []),
  ...(shown.kind === 'plan' ? [`  See the whole plan: hive show ${shortId(shown.workflowId)}`] : []),
];

const egressLines = ({ destination, bytes: now, mostBytes, rules }: NonNullable<Shown['egress']>): string[] => [
  `  Sends ${bytes(now)} to ${oneLine(destination)} now, and more for this task later, up to ${bytes(mostBytes)} at a time:`,
  ...rules.flatMap(({ rule, paths, files }) => [
    `    ${files === 0 ? 'text of no file' : count(files, 'file')} under the rule ${oneLine(rule)}${files === 0 ? '' : ', and others like these'}`,
    ...paths.slice(0, mostFiles).map((path) => `      ${oneLine(path)}`),
    ...(files > mostFiles ? [`      and ${files - mostFiles} more`] : []),
  ]),
];

const reachLines = ({ by, hosts }: NonNullable<Shown['reach']>): string[] => [
  `  Lets ${by === 'setup' ? 'setups' : 'checks and commands'} of this workflow reach, on ports 80 and 443 where none is named:`,
  ...hosts.map((host) => `    ${oneLine(host)}`),
];

const proofText = ({ redBefore, greenAfter, sandbox }: NonNullable<Shown['proof']>): string => {
  const before = { red: 'red before', not_red: 'not red before', not_needed: 'red before was not needed' }[redBefore];
  return `${before}, ${greenAfter ? 'green' : 'not green'} after, ${sandbox === 'none' ? 'without a sandbox' : 'in a sandbox'}`;
};

const fileLines = (files: Shown['files']): string[] => {
  if (files === null) return [];
  const sum = (of: 'added' | 'removed') => files.reduce((total, file) => total + (file[of] ?? 0), 0);
  return [
    `  Changes ${count(files.length, 'file')}, +${sum('added')} -${sum('removed')}:`,
    ...files
      .slice(0, mostFiles)
      .map(
        ({ path, added, removed }) =>
          `    ${oneLine(path)}  ${added === null ? 'binary' : `+${added} -${removed ?? 0}`}`,
      ),
    ...(files.length > mostFiles ? [`    and ${files.length - mostFiles} more`] : []),
  ];
};

const taskLines = (tasks: Shown['tasks']): string[] => [
  ...tasks
    .slice(0, mostTasks)
    .map(({ key, title, author }) => `    ${oneLine(key)}  ${oneLine(title)}  (${author ?? 'a model'})`),
  ...(tasks.length > mostTasks ? [`    and ${tasks.length - mostTasks} more`] : []),
];
