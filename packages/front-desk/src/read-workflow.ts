import type { Head, Store } from '@hive/core-db';
import {
  isWorkflowOpen,
  resultOf,
  taskResult,
  taskStatus,
  type CallView,
  type MergeView,
  type Result,
  type TaskDetail,
  type TaskView,
  type WorkflowSummary,
  type WorkflowView,
} from '@hive/events';
import { openApprovals } from './approvals.ts';

/** More tasks than a plan may have, and more calls than a workflow makes. */
const all = 100_000;

const tasksOf = async (store: Store, correlationId: string): Promise<TaskView[]> =>
  (await store.listHeads({ kind: 'task', correlationId, limit: all })).map((head) => head.view as TaskView);

/** The Result of a workflow as it is now. */
export const readResult = async (store: Store, workflow: WorkflowView): Promise<Result> => {
  const correlationId = workflow.id;
  const [tasks, merges, calls, approvals] = await Promise.all([
    tasksOf(store, correlationId),
    store.listHeads({ kind: 'merge', correlationId, limit: all }),
    store.listHeads({ kind: 'call', correlationId, limit: all }),
    openApprovals(store, correlationId),
  ]);
  const branch = merges
    .map((head) => head.view as MergeView)
    .find((view) => view.branch === workflow.submission.branch);
  return resultOf({
    workflow,
    tasks,
    merge: branch ?? null,
    calls: calls.map((head) => head.view as CallView),
    approvals,
  });
};

/** The tasks of a workflow in the order of its plan. */
export const readTasks = async (store: Store, workflow: WorkflowView): Promise<TaskView[]> => {
  const order = new Map(workflow.tasks.map((task, index) => [task.id, index]));
  return (await tasksOf(store, workflow.id)).sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
};

/** A row of the list of workflows. */
export const readSummary = async (store: Store, head: Head): Promise<WorkflowSummary> => {
  const workflow = head.view as WorkflowView; // a head of kind workflow
  const tasks = await tasksOf(store, workflow.id);
  const approvals = isWorkflowOpen(workflow.state) ? await openApprovals(store, workflow.id) : [];
  const { status, merged, paused } = resultOf({ workflow, tasks, merge: null, calls: [], approvals });
  const counts: Record<string, number> = {};
  for (const task of tasks) counts[taskStatus(task)] = (counts[taskStatus(task)] ?? 0) + 1;
  return {
    id: workflow.id,
    goal: workflow.submission.goal,
    repo: workflow.submission.repo,
    status,
    tasks: tasks.length,
    merged,
    counts,
    example: workflow.submission.example,
    submittedAt: workflow.submittedAt,
    settledAt: workflow.settledAt,
    ...(paused && { paused }),
  };
};

/** One task as it is told in full. */
export const taskDetail = (task: TaskView): TaskDetail => ({
  ...taskResult(task),
  workflowId: task.workflowId,
  spec: task.spec,
  rescues: task.rescues,
  note: task.note,
  patch: task.patch,
  agents: { ...task.agents },
  createdAt: task.createdAt,
  settledAt: task.settledAt,
});
