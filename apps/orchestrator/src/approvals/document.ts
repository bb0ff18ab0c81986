import type { ApprovalDocument, PlannedTask, Submission, TaskView } from '@hive/events';
import { isCode, outcomeOf } from '@hive/errors';
import type { Because } from './gates.ts';

type Commands = ApprovalDocument['commands'];

/** Rules whose finding means that a merge leaves the worktree behind: what it brings is run or trusted later. */
const reaching = new Set(['approvals.protected', 'approvals.spendAboveUsd', 'dependency.new', 'checks.changed']);

const tierOf = (because: Because, into: string | null): ApprovalDocument['tier'] => {
  // What is deployed is out.
  if (because.some(({ rule }) => rule === 'approvals.deploys')) return 'T3';
  return into !== null || because.some(({ rule }) => reaching.has(rule)) ? 'T2' : 'T1';
};

const whole = ({ workflowId, repo, branch, into, budget }: Submission) => ({ workflowId, repo, branch, into, budget });

/** What is shown before a plan begins. Pure. */
export const planDocument = (
  submission: Submission,
  { plan, hash, by, because }: { plan: readonly PlannedTask[]; hash: string; by: string; because: Because },
): ApprovalDocument => ({
  ...whole(submission),
  ...{ kind: 'plan', tier: tierOf(because, null), because, taskId: null, author: by, plan: hash },
  action: `Begin the ${plan.length === 1 ? 'one task' : `${plan.length} tasks`} of a plan from ${by} for ${submission.repo}, ${spending(submission)}`,
  ...{ base: submission.base, commit: null, patch: null, files: null, proof: null },
  commands: [
    ...commandsOf(submission, []),
    ...plan.flatMap(({ run }): Commands => (run ? [{ what: 'run', argv: run }] : [])),
  ],
  tasks: plan.map(({ key, title, author }) => ({ key, title, author })),
});

/** What is shown before a change is merged, or before its author works on it again. Pure. */
export const taskDocument = (
  submission: Submission,
  task: TaskView,
  { because, files }: { because: Because; files: ApprovalDocument['files'] },
): ApprovalDocument => {
  const kind = mayMerge(task) ? 'merge' : 'question';
  const { branch, into, repo } = submission;
  const author = task.author ?? 'its author';
  const { key, title, run } = task.spec;
  return {
    ...whole(submission),
    ...{
      kind,
      tier: tierOf(because, kind === 'merge' ? into : null),
      because,
      taskId: task.id,
      author: task.author,
      plan: null,
    },
    action:
      kind === 'merge'
        ? `Merge ${key} by ${author} into ${branch}${into === null ? '' : ` and ${into}`} of ${repo}`
        : `Let ${author} work on ${key} again; nothing is merged by this`,
    ...{ base: task.base, commit: task.commit, patch: task.patch, files },
    proof: task.evidence && {
      ...{ redBefore: task.evidence.redBefore, greenAfter: task.evidence.greenAfter, sandbox: task.evidence.sandbox },
    },
    commands: [...commandsOf(submission, task.spec.checks), ...(run ? [{ what: 'run' as const, argv: run }] : [])],
    tasks: [{ key, title, author: task.author }],
  };
};

/** Only what is proven can be merged, whoever agrees to it. */
const mayMerge = ({ evidence, code }: TaskView): boolean =>
  evidence !== null &&
  evidence.greenAfter &&
  evidence.redBefore !== 'not_red' &&
  !(code !== null && isCode(code) && outcomeOf(code) === 'refused');

const commandsOf = ({ setup, checks }: Submission, more: Submission['checks']): Commands => [
  ...(setup ? [{ what: 'setup' as const, argv: setup.argv }] : []),
  ...[...checks, ...more].map(({ argv }) => ({ what: 'check' as const, argv })),
];

const spending = ({ budget, localOnly }: Submission): string => {
  if (localOnly) return 'with models of your own only';
  const limits = [
    ...(budget?.usd === undefined ? [] : [`$${budget.usd}`]),
    ...(budget?.tokens === undefined ? [] : [`${budget.tokens} tokens`]),
  ];
  return limits.length === 0 ? 'without a limit of its own' : `for at most ${limits.join(' and ')}`;
};
