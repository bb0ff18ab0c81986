import type { PlannedTask, Policy, Submission, TaskView } from '@hive/events';
import { expect, test } from 'vitest';
import { taskDocument } from './document.ts';
import { isHeld, mergeGate, planGate } from './gates.ts';

const submission = (approvals: NonNullable<Policy['approvals']>, more: Partial<Submission> = {}) =>
  ({
    ...{ branch: 'hive/count-1a2b3c4d', into: null, budget: null, localOnly: false, source: 'model' },
    ...more,
    policy: { approvals },
  }) as Submission; // what gates look at
const [byModel, byPerson] = [{ author: null }, { author: 'human' }] as PlannedTask[];
const proven = { redBefore: 'red', greenAfter: true, sandbox: 'bwrap' };
const rulesOf = (because: readonly { readonly rule: string }[]) => because.map(({ rule }) => rule);

test('plans wait as the policy says, and where they may spend more than its amount', () => {
  const gate = (approvals: Policy['approvals'], more: Partial<Submission> = {}, task = byModel) =>
    rulesOf(planGate(submission(approvals ?? {}, more), task ? [task] : []));
  expect(gate({})).toEqual([]);
  expect(gate({ plan: 'models' })).toEqual(['approvals.plan']);
  expect(gate({ plan: 'models' }, { source: 'file' })).toEqual([]);
  expect(gate({ plan: 'always' }, { source: 'file' })).toEqual(['approvals.plan']);
  expect(gate({ spendAboveUsd: 5 })).toEqual(['approvals.spendAboveUsd']);
  expect(gate({ spendAboveUsd: 5 }, { budget: { tokens: 10 } })).toEqual(['approvals.spendAboveUsd']);
  for (const more of [{ budget: { usd: 5 } }, { localOnly: true }])
    expect(gate({ spendAboveUsd: 5 }, more)).toEqual([]);
  expect(gate({ spendAboveUsd: 5 }, {}, byPerson)).toEqual([]);
});

test('a protected branch is asked about, unless somebody named it on the command line', () => {
  const gate = (globs: string[], more: Partial<Submission> = {}) =>
    rulesOf(mergeGate(submission({ protected: globs }, more), []));
  expect(gate(['hive/*'])).toEqual(['approvals.protected']);
  expect(gate(['main', 'hive'])).toEqual([]);
  expect(gate(['main'], { into: 'main', intoBy: 'config' })).toEqual(['approvals.protected']);
  expect(gate(['main'], { into: 'main', intoBy: 'command' })).toEqual([]);
  expect(gate(['release/*'], { into: 'release/1/2', intoBy: 'config' })).toEqual([]);
  expect(gate(['release/**', 'ma.n'], { into: 'release/1/2', intoBy: 'config' })).toEqual(['approvals.protected']);
  expect(gate(['ma.n'], { into: 'main', intoBy: 'config' })).toEqual([]);
});

test('a merge to where is deployed from is asked about as what cannot be taken back, unless somebody named it on the command line', () => {
  const gate = (more: Partial<Submission>) =>
    mergeGate(submission({ deploys: ['production'], protected: ['**'], approver: 'ada' }, more), []);
  const into = { into: 'production', intoBy: 'config' } as const;
  expect(rulesOf(gate(into))).toEqual(['approvals.protected', 'approvals.deploys']);
  const task = { spec: { key: 'a', title: 'A', checks: [] }, evidence: proven, code: null } as unknown as TaskView;
  const tier = (more: Partial<Submission>) =>
    taskDocument(
      { ...submission({}, more), repo: '/r', checks: [], setup: null },
      { ...task },
      { because: gate(more), files: null },
    ).tier;
  expect(tier(into)).toBe('T3');
  expect(tier({ into: 'main', intoBy: 'config' })).toBe('T2');
  expect(tier({ into: 'production', intoBy: 'command' })).toBe('T2');
});

test('what a rule only noted is asked about where the policy names it, until a person agreed', () => {
  const findings = [{ rule: 'dependency.new', message: 'left-pad is new' }];
  const task = { findings } as unknown as TaskView;
  expect(isHeld(submission({}), task)).toBe(false);
  expect(isHeld(submission({ changedChecks: true }), task)).toBe(false);
  expect(isHeld(submission({ newDependency: true }), task)).toBe(true);
  expect(isHeld(submission({ newDependency: true }), { ...task, approval: { id: 'a', actionHash: 'h' } })).toBe(false);
});
