import type { Artefacts, Store } from '@hive/core-db';
import { HiveError } from '@hive/errors';
import type { FoundByPatch, TaskView, WorkflowView } from '@hive/events';
import { deliveredPatch, patchIds } from '@hive/workspace';

/** What a change is asked by: `patch:` and its stable id. */
const asked = /^patch:([0-9a-f]{40,64})$/;

/** The patch id in a question; null when it asks for something else. */
export const patchIdIn = (text: string): string | null => asked.exec(text)?.[1] ?? null;

const pageSize = 500;

/**
 * Finds merged work by its change, for commits that were made of it: cherry-picked or rebased (the change of one task), or squashed (the changes of a
 * branch together, up to any of its merges). Ids are remembered by the patch that they are of.
 */
export const createFindByPatch = (store: Store, artefacts: Artefacts, home: string) => {
  const known = new Map<string, string | null>();

  /** Adds what is not known yet; one git process for all of them. */
  const learn = async (
    wanted: readonly { readonly key: string; readonly read: () => Promise<Uint8Array | null> }[],
  ) => {
    const read = await Promise.all(
      wanted.filter(({ key }) => !known.has(key)).map(async ({ key, read: bytes }) => ({ key, bytes: await bytes() })),
    );
    const ids = await patchIds(read.map(({ bytes }) => bytes ?? Buffer.from('')));
    read.forEach(({ key }, index) => known.set(key, ids[index] ?? null));
  };

  return async (id: string): Promise<{ readonly task: TaskView; readonly found: FoundByPatch }> => {
    const merged = (await allTasks(store)).filter(
      ({ state, commit, evidence }) => state === 'merged' && commit !== null && evidence !== null,
    );
    const single = merged.map((task) => ({ tasks: [task], key: task.evidence?.patch ?? '' }));
    await learn(single.map(({ key }) => ({ key, read: () => artefacts.get(key) })));
    const together = single.some(({ key }) => known.get(key) === id) ? [] : await branchesOf(store, merged);
    await learn(together.map(({ key, ...where }) => ({ key, read: () => deliveredPatch(home, where) })));
    const hit = [...single, ...together].find(({ key }) => known.get(key) === id);
    const task = hit?.tasks.at(-1);
    if (!hit || !task?.commit)
      throw new HiveError('input.unknown_id', 'No merged work of Hive has that change; hive tasks shows what there is');
    return { task, found: { tasks: hit.tasks.map((one) => one.id), commit: task.commit } };
  };
};

const allTasks = async (store: Store): Promise<TaskView[]> => {
  const found: TaskView[] = [];
  let before: string | undefined;
  for (;;) {
    const heads = await store.listHeads({ kind: 'task', limit: pageSize, ...(before !== undefined && { before }) });
    found.push(...heads.map((head) => head.view as TaskView)); // heads of kind task
    before = heads.at(-1)?.id;
    if (heads.length < pageSize) return found;
  }
};

/** Each branch from where its first merge went to each of the others; the first is that task's own change. */
const branchesOf = async (store: Store, merged: readonly TaskView[]) => {
  const byWorkflow = [...Map.groupBy(merged, ({ workflowId }) => workflowId)].filter(([, tasks]) => tasks.length > 1);
  const branches = await Promise.all(
    byWorkflow.map(async ([workflowId, tasks]) => {
      const { heads } = await store.heads([`workflow/${workflowId}`]);
      const { submission } = heads.get(`workflow/${workflowId}`)?.view as WorkflowView; // its tasks are there, so it is
      const inOrder = tasks.toSorted((a, b) => ((a.settledAt ?? '') < (b.settledAt ?? '') ? -1 : 1));
      const { evidence } = inOrder[0] ?? {};
      const from = evidence?.batch?.base ?? evidence?.base ?? submission.base;
      return inOrder.slice(1).map((last, index) => ({
        tasks: inOrder.slice(0, index + 2),
        key: `${from}..${last.commit}`,
        repo: submission.repo,
        from,
        to: last.commit ?? '',
      }));
    }),
  );
  return branches.flat();
};
