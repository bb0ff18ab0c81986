// Apart from the schemas, so that a page that folds a Result does not load them.
import { isCode, outcomeOf } from '@hive/errors';
import type { ApprovalView } from './approval-view.ts';
import { isEnded, type AnyCall } from './call-view.ts';
import { noUsage } from './no-usage.ts';
import type { Result, TaskResult, TaskStatus } from './result.ts';
import type { TaskView } from './task-view.ts';
import { isOpen, isWorkflowOpen } from './transitions.ts';
import type { Usage } from './workflow.ts';
import type { WorkflowView } from './workflow-view.ts';

/** The sum of what calls that have ended cost. Unknown stays unknown: one call without a price makes the sum null. */
export const usageOf = (calls: readonly AnyCall[]): Usage =>
  calls.filter(isEnded).reduce<Usage>(
    (sum, call) => ({
      input: sum.input + (call.input ?? 0),
      output: sum.output + (call.output ?? 0),
      cached: sum.cached + (call.cached ?? 0),
      costUsd: sum.costUsd === null || call.costUsd === null ? null : sum.costUsd + call.costUsd,
      calls: sum.calls + 1,
    }),
    noUsage,
  );

/** The status of a task in the words of a Result: `infra` is a failed task whose code is one of the environment, dead letters are failed. */
export const taskStatus = (task: Pick<TaskView, 'state' | 'code'>): TaskStatus => {
  if (task.state === 'dead_lettered') return 'failed';
  if (task.state !== 'failed') return task.state;
  return task.code !== null && isCode(task.code) && outcomeOf(task.code) === 'infra' ? 'infra' : 'failed';
};

/** One task as a Result tells it. */
export const taskResult = (task: TaskView): TaskResult => ({
  id: task.id,
  key: task.spec.key,
  title: task.spec.title,
  author: task.author,
  status: taskStatus(task),
  code: task.code,
  reason: task.reason,
  findings: [...task.findings],
  attempts: task.attempts,
  commit: task.commit,
  evidence: task.evidence,
});

/** Of a task, what the status of its workflow depends on. */
type Standing = Pick<TaskView, 'id' | 'state'>;

/** The status of a workflow: its state, or that it waits for a person. */
export const workflowStatus = (
  workflow: WorkflowView,
  tasks: readonly Standing[],
  approvals: readonly ApprovalView[],
): Result['status'] =>
  isWaiting(
    workflow,
    tasks,
    approvals.filter(({ state }) => state === 'open'),
  )
    ? 'waiting'
    : workflow.state;

const isWaiting = (workflow: WorkflowView, tasks: readonly Standing[], asked: readonly ApprovalView[]): boolean => {
  if (workflow.state === 'planned') return asked.some(({ kind }) => kind === 'plan');
  const held = new Set(asked.flatMap(({ kind, taskId }) => (kind === 'egress' ? [taskId] : [])));
  if (workflow.state === 'submitted') return held.has(null);
  const open = tasks.filter((task) => isOpen(task.state));
  const waits = (task: Standing) => task.state === 'waiting' || held.has(task.id);
  return (
    workflow.state === 'running' && open.some(waits) && open.every((task) => waits(task) || task.state === 'pending')
  );
};

const askedOf = ({ id, kind, tier, taskId, action, actionHash, expiresAt }: ApprovalView) => ({
  ...{ id, kind, tier, taskId, action, actionHash, expiresAt },
});

/** The Result of a workflow, folded from its stream, its tasks' streams, its branch, its model calls and what a person is asked about it. Tasks come in the order of the plan. */
export const resultOf = (input: {
  readonly workflow: WorkflowView;
  readonly tasks: readonly TaskView[];
  readonly merge: { readonly tip: string | null; readonly into: string | null } | null;
  readonly calls: readonly AnyCall[];
  readonly approvals?: readonly ApprovalView[];
}): Result => {
  const { workflow, merge } = input;
  const order = new Map(workflow.tasks.map((task, index) => [task.id, index]));
  const tasks = input.tasks.toSorted((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
  const asked = (input.approvals ?? []).filter(({ state }) => state === 'open');
  const merged = tasks.filter((task) => task.state === 'merged').length;
  return {
    workflow: workflow.id,
    correlationId: workflow.id,
    goal: workflow.submission.goal,
    status: workflowStatus(workflow, tasks, asked),
    code: workflow.code,
    reason: workflow.reason,
    repo: workflow.submission.repo,
    base: workflow.submission.base,
    branch: merge?.tip ? workflow.submission.branch : null,
    head: merge?.tip ?? null,
    into: merge?.into ?? null,
    merged,
    tasks: tasks.map(taskResult),
    usage: usageOf(input.calls),
    example: workflow.submission.example,
    submittedAt: workflow.submittedAt,
    settledAt: workflow.settledAt,
    ...(workflow.paused && { paused: workflow.paused }),
    ...(asked.length > 0 && { approvals: asked.map(askedOf) }),
  };
};

/** Paused by a rule and not by a person, so that nothing happens until a person says so. */
const isHeld = ({ status, paused }: Result): boolean => status === 'paused' && paused?.rule !== undefined;

/** The exit code of `run`, `submit` and `wait`: 0 all merged or completed, 1 something was not, 3 waits for a person. */
export const exitCodeOf = (result: Result): 0 | 1 | 3 => {
  if (result.status === 'waiting' || isHeld(result)) return 3;
  return result.status === 'completed' ? 0 : 1;
};

/** True when nothing will change any more without a person. */
export const isSettled = (result: Result): boolean =>
  result.status === 'waiting' || isHeld(result) || !isWorkflowOpen(result.status);
