import type { HiveEvent, TaskResult } from '@hive/events';

/** A task in the graph: `needs` are ids of tasks of the same graph, `rank` is how many tasks lie on the longest way to it. */
export type GraphNode = {
  readonly id: string;
  readonly key: string;
  readonly title: string;
  readonly status: TaskResult['status'];
  readonly needs: readonly string[];
  readonly rank: number;
};

/** As many tasks as are drawn; a picture of more of them helps nobody, and takes seconds to lay out. */
export const mostDrawn = 200;

const needsIn = (events: readonly HiveEvent[]): ReadonlyMap<string, readonly string[]> => {
  const needs = new Map<string, readonly string[]>();
  for (const event of events)
    if (event.type === 'workflow.plan_generated') for (const task of event.data.tasks) needs.set(task.id, task.needs);
  return needs;
};

/** The tasks with what each needs, in an order in which needs come first; tasks of the same rank stay in the order of the plan. */
export const taskGraph = (tasks: readonly TaskResult[], events: readonly HiveEvent[]): readonly GraphNode[] => {
  const all = needsIn(events);
  const known = new Set(tasks.map(({ id }) => id));
  const needsOf = (id: string) => (all.get(id) ?? []).filter((need) => known.has(need));
  const ranks = new Map<string, number>();
  let left = tasks.map(({ id }) => id);
  for (let rank = 0; left.length > 0; rank++) {
    const next = left.filter((id) => needsOf(id).every((need) => ranks.has(need)));
    // A plan has no cycles; whatever else arrives here ends as well.
    for (const id of next.length > 0 ? next : left) ranks.set(id, rank);
    left = left.filter((id) => !ranks.has(id));
  }
  return tasks
    .map(({ id, key, title, status }) => ({ id, key, title, status, needs: needsOf(id), rank: ranks.get(id) ?? 0 }))
    .toSorted((a, b) => a.rank - b.rank);
};

/** The tasks by rank: what needs nothing, what comes after that, and so on. */
export const ranksOf = (nodes: readonly GraphNode[]): readonly (readonly GraphNode[])[] => [
  ...Map.groupBy(nodes, ({ rank }) => rank).values(),
];

/** Equal for graphs that are laid out alike: a new status moves nothing. */
export const shapeOf = (nodes: readonly GraphNode[]): string =>
  nodes.map(({ id, needs }) => `${id}<${needs.join(',')}`).join(';');
