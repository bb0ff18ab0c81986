import type { Head, Store } from '@hive/core-db';
import { beginningOf } from '@hive/errors';
import {
  streams,
  taskStates,
  taskStatus,
  type Desk,
  type OpenNeed,
  type TaskCard,
  type TaskState,
  type TaskView,
  type WorkflowView,
} from '@hive/events';
import { findHead } from './find-id.ts';
import { pageLimit, pageOf } from './page.ts';

const goalLength = 200;
const reasonLength = 300;
const wellEnded: readonly TaskState[] = ['merged', 'completed'];
const settledWell = (task: TaskView): boolean => wellEnded.includes(task.state);

/** The tasks as a board shows them: by state, and how many there are of each. */
export const createBoard = (store: Store): Pick<Desk, 'taskCards' | 'taskCounts'> => ({
  taskCounts: async ({ workflow } = {}) => {
    if (workflow === undefined) return { counts: await store.countHeads('task') };
    const { id } = await findHead(store, 'workflow', workflow);
    const heads = await store.listHeads({ kind: 'task', correlationId: id, limit: mostTasks });
    const counts: Record<string, number> = {};
    for (const { state } of heads) counts[state] = (counts[state] ?? 0) + 1;
    return { counts };
  },

  taskCards: async ({ states, workflow, after, limit: asked } = {}) => {
    const limit = pageLimit(asked);
    const correlationId = workflow === undefined ? undefined : (await findHead(store, 'workflow', workflow)).id;
    const query = {
      kind: 'task',
      limit: limit + 1,
      ...(correlationId !== undefined && { correlationId }),
      ...(after !== undefined && { before: after }),
    } as const;
    // One state after the other: each is found by itself, several together would be looked for among all tasks.
    const found =
      states === undefined || states.length === taskStates.length
        ? [await store.listHeads(query)]
        : await Promise.all([...new Set(states)].map((state) => store.listHeads({ ...query, states: [state] })));
    const heads = found.flat().sort((a, b) => (a.id < b.id ? 1 : -1));
    const page = pageOf(heads, limit, { key: (head) => head.id, item: (head) => head });
    return { items: await cardsOf(store, page.items), next: page.next };
  },
});

/** More than a plan may have. */
const mostTasks = 10_000;

const cardsOf = async (store: Store, heads: readonly Head[]): Promise<TaskCard[]> => {
  const tasks = heads.map((head) => head.view as TaskView); // heads of kind task
  const needs = tasks.flatMap((task) => (task.state === 'pending' ? task.spec.needs : []));
  const around = [...new Set([...tasks.map((it) => streams.workflow(it.workflowId)), ...needs.map(streams.task)])];
  const { heads: known } = await store.heads(around);
  const viewOf = <T>(stream: string) => known.get(stream)?.view as T | undefined; // the kind is in the stream's name
  return tasks.map((task) => {
    const blockedBy = (task.state === 'pending' ? task.spec.needs : []).flatMap((id): OpenNeed[] => {
      const need = viewOf<TaskView>(streams.task(id));
      return need && !settledWell(need) ? [{ id, key: need.spec.key, status: taskStatus(need) }] : [];
    });
    const goal = viewOf<WorkflowView>(streams.workflow(task.workflowId))?.submission.goal ?? '';
    return { ...cardOf(task), goal: begin(goal, goalLength), blockedBy };
  });
};

const cardOf = (task: TaskView): Omit<TaskCard, 'goal' | 'blockedBy'> => ({
  id: task.id,
  workflowId: task.workflowId,
  key: task.spec.key,
  title: task.spec.title,
  state: task.state,
  status: taskStatus(task),
  kind: task.spec.kind,
  author: task.author,
  priority: task.spec.priority,
  code: task.code,
  reason: task.reason === null ? null : begin(task.reason, reasonLength),
  attempts: task.attempts,
  rescues: task.rescues,
  agent: task.state === 'working' ? (task.agents['work'] ?? null) : null,
  createdAt: task.createdAt,
  changedAt: task.changedAt,
});

/** The beginning of a text, never half a character. */
const begin = (text: string, length: number): string =>
  text.length <= length ? text : `${beginningOf(text, length - 1)}…`;
