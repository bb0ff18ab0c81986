import {
  foldTask,
  foldWorkflow,
  isOpen,
  parseStream,
  type HiveEvent,
  type TaskView,
  type WorkflowView,
} from '@hive/events';

/** One workflow as the queen sees it: the fold of all events of its trace, in log order. */
export type State = {
  readonly workflow: WorkflowView | null;
  readonly tasks: ReadonlyMap<string, TaskView>;
  /** Tasks whose reviewers have all approved, and that are not merged yet. */
  readonly approved: ReadonlySet<string>;
  /** The task whose merge is in the queue; a branch takes one at a time. */
  readonly merging: string | null;
};

export const initialState = (): State => ({ workflow: null, tasks: new Map(), approved: new Set(), merging: null });

/** The state after one more event of the trace. */
export const evolve = (state: State, event: HiveEvent): State => {
  const { kind, id } = parseStream(event.stream);
  if (kind === 'workflow') return { ...state, workflow: foldWorkflow(state.workflow, event) };
  if (kind !== 'task') return state;
  const task = foldTask(state.tasks.get(id) ?? null, event);
  // A map per workflow is changed in place and handed on: a plan may have 2,000 tasks, and nobody keeps an earlier state.
  (state.tasks as Map<string, TaskView>).set(id, task);
  return { ...state, approved: approvedAfter(state, event, task), merging: mergingAfter(state, event, task) };
};

const approvedAfter = (state: State, event: HiveEvent, task: TaskView): ReadonlySet<string> => {
  if (event.type === 'task.review_completed' && event.data.decision === 'approve' && event.data.remaining === 0)
    return new Set([...state.approved, task.id]);
  if (!state.approved.has(task.id) || task.state === 'reviewed') return state.approved;
  return new Set([...state.approved].filter((id) => id !== task.id));
};

const mergingAfter = (state: State, event: HiveEvent, task: TaskView): string | null => {
  if (event.type === 'task.assigned' && event.data.step === 'merge') return task.id;
  return state.merging === task.id && (!isOpen(task.state) || task.state !== 'reviewed') ? null : state.merging;
};
