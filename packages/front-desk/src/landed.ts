import { origin, type Store } from '@hive/core-db';
import { openIntents, streams, type MergeView, type Submission } from '@hive/events';
import { mirrorName } from '@hive/workspace';

/** What became of the change of a task on the branch of its workflow: its commit there, `moving` while that is not told yet, or null: nothing. */
export type Landed = { readonly commit: string } | 'moving' | null;

const pageSize = 500;

/**
 * Looks whether the change of a task that has ended went in all the same: it may have been cancelled or given up while the branch moved. Once nothing is there for
 * such a task it stays so: only what is approved is intended. `branch` is the stream of the branch.
 */
export const landed = async (
  store: Pick<Store, 'heads' | 'events'>,
  { branch, taskId }: { readonly branch: string; readonly taskId: string },
): Promise<Landed> => {
  // First what is under way: an outcome takes its place in the same commit.
  const { heads } = await store.heads([branch]);
  const intents = openIntents(heads.get(branch)?.view as MergeView | undefined); // heads of kind `merge` are made by foldStream
  if (intents.some((it) => it.taskId === taskId)) return 'moving';
  for (let after = origin; ;) {
    const { events } = await store.events({ stream: branch, types: ['merge.completed'], after, limit: pageSize });
    for (const event of events) {
      if (event.type === 'merge.completed' && event.data.taskId === taskId) return { commit: event.data.commit };
      after = event.cursor;
    }
    if (events.length < pageSize) return null;
  }
};

/** The stream of the branch that a workflow builds. */
export const branchStream = ({ repo, branch }: Pick<Submission, 'repo' | 'branch'>): string =>
  streams.merge(mirrorName(repo), branch);
