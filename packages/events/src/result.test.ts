import { expect, test } from 'vitest';
import { exitCodeOf, isSettled, resultOf, usageOf } from './result.ts';
import type { CallView } from './call-view.ts';
import type { TaskView } from './task-view.ts';
import type { WorkflowView } from './workflow-view.ts';

const id = (n: number) => `01990000-0000-7000-8000-00000000000${n}`;
const view = (n: number, state: TaskView['state'], code: string | null = null): TaskView => ({
  id: id(n),
  workflowId: id(9),
  spec: {
    id: id(n),
    key: `t${n}`,
    title: 't',
    needs: [],
    kind: 'change',
    author: 'human',
    checks: [],
    redBefore: 'needed',
    capabilities: [],
    priority: 0,
    timeoutS: 1,
  },
  state,
  author: 'human',
  code,
  reason: null,
  findings: [],
  attempts: 0,
  rescues: 0,
  returns: 0,
  note: null,
  base: null,
  commit: null,
  patch: null,
  evidence: null,
  reviewers: [],
  agents: {},
  tries: {},
  token: 0,
  createdAt: '',
  changedAt: '',
  settledAt: null,
});
const workflow = (state: WorkflowView['state']): WorkflowView => ({
  id: id(9),
  submission: {
    workflowId: id(9),
    goal: 'g',
    repo: '/r',
    base: 'a'.repeat(40),
    branch: 'hive/g',
    into: null,
    checks: [],
    setup: null,
    source: 'file',
    plan: null,
    model: null,
    localOnly: false,
    budget: null,
    redBefore: 'needed',
    passEnv: [],
    example: false,
  },
  state,
  pausedFrom: null,
  code: null,
  reason: null,
  plan: null,
  tasks: [2, 1].map((n) => ({ id: id(n), key: `t${n}`, needs: [] })),
  tries: {},
  token: 0,
  submittedAt: '',
  settledAt: null,
});
const result = (state: WorkflowView['state'], ...tasks: TaskView[]) =>
  resultOf({ workflow: workflow(state), tasks, merge: null, calls: [] });

test('tasks come in the order of the plan, and there is no branch before the first merge', () => {
  const given = result('running', view(1, 'ready'), view(2, 'merged'));
  expect(given.tasks.map((task) => task.key)).toEqual(['t2', 't1']);
  expect(given).toMatchObject({ branch: null, head: null, merged: 1, status: 'running' });
});

test('a failed task whose code is one of the environment reads infra; a dead letter reads failed', () => {
  const given = result('failed', view(1, 'failed', 'check.not_found'), view(2, 'dead_lettered', 'rescues.exhausted'));
  expect(given.tasks.map((task) => task.status)).toEqual(['failed', 'infra']);
});

test('a workflow waits when every open task waits or is pending behind one, and waiting wins over failed', () => {
  expect(result('running', view(1, 'waiting'), view(2, 'pending'))).toMatchObject({ status: 'waiting' });
  expect(result('running', view(1, 'waiting'), view(2, 'working'))).toMatchObject({ status: 'running' });
  const waiting = result('running', view(1, 'waiting'), view(2, 'refused', 'checks.red'));
  expect(isSettled(waiting)).toBe(true);
  expect(exitCodeOf(waiting)).toBe(3);
});

test('only a completed workflow exits with 0', () => {
  expect(exitCodeOf(result('completed', view(1, 'merged'), view(2, 'completed')))).toBe(0);
  expect(exitCodeOf(result('failed', view(1, 'merged'), view(2, 'refused')))).toBe(1);
  expect(exitCodeOf(result('cancelled'))).toBe(1);
});

test('unknown costs stay unknown, and no call costs nothing', () => {
  const call = (costUsd: number | null) => ({ input: 2, output: 1, cached: null, costUsd }) as CallView;
  expect(usageOf([])).toMatchObject({ costUsd: 0, calls: 0 });
  expect(usageOf([call(0.5), call(0.25)])).toEqual({ input: 4, output: 2, cached: 0, costUsd: 0.75, calls: 2 });
  expect(usageOf([call(0.5), call(null)]).costUsd).toBeNull();
});

test('a workflow that a rule has paused waits for a person; one that a person has paused is followed on', () => {
  const paused = (rule?: 'until') => {
    const note = { by: 'x', at: '2026-01-01T00:00:00.000Z', reason: null, ...(rule && { rule }) };
    const held = { ...workflow('paused'), paused: note };
    return resultOf({ workflow: held, tasks: [], merge: null, calls: [] });
  };
  expect([paused('until'), paused()].map((it) => [isSettled(it), exitCodeOf(it)])).toEqual([
    [true, 3],
    [false, 1],
  ]);
});
