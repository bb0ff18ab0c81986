import type { Store } from '@hive/core-db';
import {
  isWorkflowOpen,
  resultOf,
  taskResult,
  taskStatus,
  workflowStatus,
  type ApprovalView,
  type CallView,
  type MergeView,
  type Result,
  type TaskDetail,
  type TaskState,
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

/** Rows of the list of workflows, in the order of `workflows`. What is read grows with what is shown and not with what their tasks have been through. */
export const readSummaries = async (
  store: Store,
  workflows: readonly WorkflowView[],
): Promise<readonly WorkflowSummary[]> => {
  const ids = workflows.map(({ id }) => id);
  const isAnyOpen = workflows.some(({ state }) => isWorkflowOpen(state));
  const [tasks, asked] = await Promise.all([
    store.headStates('task', ids),
    isAnyOpen ? store.listHeads({ kind: 'approval', states: ['open'], limit: all }) : [],
  ]);
  // Whether the environment failed or the change is told by the code alone.
  const failing = new Set(tasks.filter(({ state }) => state === 'failed').map((it) => it.correlationId));
  const failed = await Promise.all(
    [...failing].map((correlationId) =>
      store.listHeads({ kind: 'task', correlationId, states: ['failed'], limit: all }),
    ),
  );
  const views = new Map(failed.flat().map(({ id, view }) => [id, view as TaskView])); // heads of kind task
  const tasksOf = Map.groupBy(tasks, (it) => it.correlationId);
  const askedOf = Map.groupBy(asked, (it) => it.correlationId);
  return workflows.map((workflow) => {
    const own = (tasksOf.get(workflow.id) ?? []).map(({ id, state }) => ({ id, state: state as TaskState }));
    const approvals = (askedOf.get(workflow.id) ?? []).map(({ view }) => view as ApprovalView); // heads of kind approval
    const counts: Record<string, number> = {};
    for (const { id, state } of own) {
      const status = taskStatus(views.get(id) ?? { state, code: null });
      counts[status] = (counts[status] ?? 0) + 1;
    }
    return {
      id: workflow.id,
      goal: workflow.submission.goal,
      repo: workflow.submission.repo,
      status: workflowStatus(workflow, own, approvals),
      tasks: own.length,
      merged: counts['merged'] ?? 0,
      counts,
      example: workflow.submission.example,
      submittedAt: workflow.submittedAt,
      settledAt: workflow.settledAt,
      ...(workflow.paused && { paused: workflow.paused }),
    };
  });
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
