import {
  foldApproval,
  foldTask,
  foldWorkflow,
  isEventType,
  isOpen,
  mergeRules,
  parseStream,
  type ApprovalView,
  type HiveEvent,
  type Step,
  type TaskView,
  type WorkflowView,
} from '@hive/events';
import { isHeld } from './approvals/gates.ts';

/** `others` are approved too and may go in with it, in this order. */
type Merging = { readonly taskId: string; readonly since: string; readonly others: readonly string[] };

/** One workflow as the queen sees it: the fold of all events of its trace, in log order. */
export type State = {
  readonly workflow: WorkflowView | null;
  readonly tasks: ReadonlyMap<string, TaskView>;
  readonly approvals: ReadonlyMap<string, ApprovalView>;
  /** Tasks whose reviewers have all approved and that wait for no person, and that are not merged yet. */
  readonly approved: ReadonlySet<string>;
  /**
   * The task whose turn it is to be merged, and the event that made it so; a branch takes one at a time. Chosen in the fold, because several
   * events may already be in the log when the first of them is decided.
   */
  readonly merging: Merging | null;
  /** Tasks whose change is on the branch, whatever became of them meanwhile. */
  readonly landed: ReadonlySet<string>;
  /** Tasks whose step of a kind is in the queue and not claimed. */
  readonly waiting: ReadonlyMap<Step, ReadonlySet<string>>;
};

export const initialState = (): State => ({
  workflow: null,
  tasks: new Map(),
  approvals: new Map(),
  approved: new Set(),
  merging: null,
  landed: new Set(),
  waiting: new Map(),
});

/** The state after one more event of the trace. */
export const evolve = (state: State, event: HiveEvent): State => {
  if (!isEventType(event.type)) return state; // of a newer Hive
  const { kind, id } = parseStream(event.stream);
  if (kind === 'workflow') return { ...state, workflow: foldWorkflow(state.workflow, event) };
  if (kind === 'approval') {
    const approval = foldApproval(state.approvals.get(id) ?? null, event);
    (state.approvals as Map<string, ApprovalView>).set(id, approval);
    return state;
  }
  if (event.type === 'merge.completed') {
    (state.landed as Set<string>).add(event.data.taskId);
    return state;
  }
  if (kind !== 'task') return state;
  const task = foldTask(state.tasks.get(id) ?? null, event);
  // A map per workflow is changed in place and handed on: a plan may have 2,000 tasks, and nobody keeps an earlier state.
  (state.tasks as Map<string, TaskView>).set(id, task);
  noteWaiting(state.waiting as Map<Step, Set<string>>, event, task);
  const approved = approvedAfter(state, event, task);
  return { ...state, approved, merging: mergingAfter({ ...state, approved }, event) };
};

/** Changed in place, as the tasks are. */
const noteWaiting = (waiting: Map<Step, Set<string>>, event: HiveEvent, task: TaskView): void => {
  const noted = (step: Step): Set<string> => {
    const known = waiting.get(step) ?? new Set();
    waiting.set(step, known);
    return known;
  };
  if (!isOpen(task.state)) for (const ids of waiting.values()) ids.delete(task.id);
  else if (event.type === 'task.claimed') noted(event.data.step).delete(task.id);
  else if (event.type === 'task.assigned' || event.type === 'task.snoozed') noted(event.data.step).add(task.id);
  else if ((event.type === 'task.lease_expired' || event.type === 'task.attempt_failed') && !event.data.final)
    noted(event.data.step).add(task.id);
};

const approvedAfter = (state: State, event: HiveEvent, task: TaskView): ReadonlySet<string> => {
  if (event.type === 'task.review_completed' && event.data.decision === 'approve' && event.data.remaining === 0)
    return isHeld(state.workflow?.submission, task) ? state.approved : new Set([...state.approved, task.id]);
  if (!state.approved.has(task.id) || task.state === 'reviewed') return state.approved;
  return new Set([...state.approved].filter((id) => id !== task.id));
};

/** By priority, then in the order of the plan. */
const mergingAfter = ({ workflow, tasks, approved, merging }: State, event: HiveEvent): Merging | null => {
  if (merging !== null && approved.has(merging.taskId)) return merging;
  if (approved.size === 0) return null;
  const order = new Map(workflow?.tasks.map((task, index) => [task.id, index]));
  const { batch } = mergeRules(workflow?.submission.policy?.merge);
  const [next, ...others] = [...approved]
    .flatMap((id) => tasks.get(id) ?? [])
    .toSorted((a, b) => b.spec.priority - a.spec.priority || (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0))
    .slice(0, batch)
    .map(({ id }) => id);
  return next === undefined ? null : { taskId: next, since: event.id, others };
};
