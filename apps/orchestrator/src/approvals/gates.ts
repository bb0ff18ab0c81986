import {
  isBranchLike,
  type ApprovalDocument,
  type Finding,
  type PlannedTask,
  type Submission,
  type TaskView,
} from '@hive/events';
import { rulesOf } from './request.ts';

/** Why a person is asked. */
export type Because = ApprovalDocument['because'];

/** Findings that policies may ask a person about, by the rule that found them. */
const askedAbout = { newDependency: 'dependency.new', changedChecks: 'checks.changed' } as const;

/** Why a plan may not begin by itself; empty: it may. Pure. */
export const planGate = (submission: Submission, plan: readonly PlannedTask[]): Because => {
  const rules = rulesOf(submission);
  const { budget, localOnly, source } = submission;
  const isAsked = rules.plan === 'always' || (rules.plan === 'models' && source === 'model');
  const spends = !localOnly && plan.some(({ author }) => author === null);
  const limit = budget?.usd ?? Infinity;
  const because: Because = [];
  if (isAsked) because.push(policy('approvals.plan', `Plans wait for a person: ${rules.plan}`));
  if (spends && rules.spendAboveUsd !== null && limit > rules.spendAboveUsd)
    because.push(
      policy(
        'approvals.spendAboveUsd',
        `It may spend ${limit === Infinity ? 'without a limit in dollars' : `$${limit}`}, and above $${rules.spendAboveUsd} a person is asked`,
      ),
    );
  return because;
};

/** Why a change that was reviewed may not be merged by itself; empty: it may. `found` is what its reviewers noted. Pure. */
export const mergeGate = (submission: Submission, found: readonly Finding[]): Because => {
  const rules = rulesOf(submission);
  const { branch, into, intoBy } = submission;
  const targets = [branch, ...(into !== null && intoBy === 'config' ? [into] : [])];
  return [
    ...targets.flatMap((name) => {
      const like = (globs: readonly string[]) => globs.find((it) => isBranchLike(name, it));
      const [deploys, glob] = [like(rules.deploys), like(rules.protected)];
      if (deploys !== undefined) return [policy('approvals.deploys', `${name} is deployed from, by ${deploys}`)];
      return glob === undefined ? [] : [policy('approvals.protected', `${name} is protected by ${glob}`)];
    }),
    ...found
      .filter(({ rule }) =>
        (Object.keys(askedAbout) as (keyof typeof askedAbout)[]).some((key) => rules[key] && askedAbout[key] === rule),
      )
      .map(({ rule, message }): Because[number] => ({ by: 'rules', rule, text: message })),
  ];
};

const policy = (rule: string, text: string): Because[number] => ({ by: 'policy', rule, text });

/** Whether a change waits for a person although its reviewers approved it. */
export const isHeld = (submission: Submission | undefined, task: TaskView): boolean =>
  submission !== undefined && task.approval === undefined && mergeGate(submission, task.findings).length > 0;
