import type { Store } from '@hive/core-db';
import { isWorkflowOpen, streams, workflowStates, type TaskView, type WorkflowView } from '@hive/events';
import { mirrorName, type Belongings } from '@hive/workspace';

const pageSize = 500;
/** Tasks that came to nothing, and whose worktree somebody may want to see. */
const failedStates = new Set<string>(['failed', 'refused', 'dead_lettered']);

/** Whom the things below HIVE_HOME belong to, as the store knows it. Read after the stock was taken: who comes later has nothing there yet. */
export const belongingsOf = async (store: Store, keptTasks: readonly string[]): Promise<Belongings> => {
  const agents = (await store.agents()).map(({ incarnation }) => incarnation);
  const gone = new Set(await store.gone(agents));
  return {
    alive: new Set(agents.filter((incarnation) => !gone.has(incarnation))),
    openMirrors: await openMirrors(store),
    tasks: await tasksOf(store, keptTasks),
  };
};

const openMirrors = async (store: Store): Promise<Set<string>> => {
  const repos = new Set<string>();
  const states = workflowStates.filter(isWorkflowOpen);
  let before: string | undefined;
  for (;;) {
    const heads = await store.listHeads({
      kind: 'workflow',
      states,
      limit: pageSize,
      ...(before !== undefined && { before }),
    });
    for (const head of heads) repos.add((head.view as WorkflowView).submission.repo); // a head of kind workflow
    before = heads.at(-1)?.id;
    if (heads.length < pageSize) return new Set([...repos].map(mirrorName));
  }
};

const tasksOf = async (store: Store, ids: readonly string[]): Promise<Belongings['tasks']> => {
  const tasks = new Map<string, { failed: boolean; settledAt: number | null }>();
  for (let from = 0; from < ids.length; from += pageSize) {
    const { heads } = await store.heads(ids.slice(from, from + pageSize).map(streams.task));
    for (const { view } of heads.values()) {
      const { id, state, settledAt } = view as TaskView; // a head of kind task
      tasks.set(id, { failed: failedStates.has(state), settledAt: settledAt === null ? null : Date.parse(settledAt) });
    }
  }
  return tasks;
};
