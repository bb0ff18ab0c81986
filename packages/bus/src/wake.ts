import type { Store } from '@hive/core-db';

const all = 1000;

/**
 * Lets the steps of a task (null: the plan of its workflow) that were put off be taken now: what they wait for is there. May be called at any time, and
 * again; a step that finds that it is too early puts itself off once more.
 */
export const wakeSteps = async (
  store: Store,
  { workflowId, taskId }: { readonly workflowId: string; readonly taskId: string | null },
): Promise<void> => {
  for (;;) {
    const now = await store.now();
    const rows = await store.steps({
      workflowId,
      ...(taskId !== null && { taskId }),
      states: ['scheduled', 'paused'],
      limit: all,
    });
    const asleep = rows.filter((row) => row.taskId === taskId && row.runAt !== null && row.runAt > now);
    if (asleep.length === 0) return;
    const changeSteps = asleep.map(({ id, state, token }) => ({
      id,
      expect: { state, token },
      set: { runAt: now },
    }));
    const { status } = await store.write({ events: [], heads: [], changeSteps });
    if (status === 'written') return store.ring();
  }
};
