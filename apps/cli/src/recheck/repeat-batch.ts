import { isHiveError } from '@hive/errors';
import type { Batch } from '@hive/events';
import { commitsWithTree, compareBatches, type Workspace } from '@hive/workspace';
import { checksOf, isImpossible, roundsOf, setupOf, usualTimeoutS, type RepeatRequest } from './repeat.ts';

/** What came of it: what differs, or `reason` when it could not be repeated here. */
export type RepeatedBatch = {
  readonly differences: readonly string[];
  readonly remarks: readonly string[];
  readonly reason: string | null;
};

/**
 * Runs the recorded commands once more where several changes stand on top of each other: on the very head that was checked, or on a commit that has its
 * tree. Where the repository has neither any more, a remark says so.
 */
export const repeatBatch = async (
  workspace: Workspace,
  request: RepeatRequest,
  batch: Batch,
): Promise<RepeatedBatch> => {
  const { repo, record, spec, passEnv, shared, signal } = request;
  const heads = [batch.head, ...(await commitsWithTree(repo, batch.tree, { after: batch.base }))];
  for (const head of heads) {
    try {
      const { evidence } = await workspace.prove({
        ...{ repo: repo.root, base: batch.base, head, author: record.author },
        checks: checksOf(batch),
        setup: await setupOf(repo, record, batch.base),
        tests: undefined,
        redBefore: 'not_needed',
        places: 'head',
        repeat: roundsOf(batch),
        timeoutMs: (spec?.timeoutS ?? usualTimeoutS) * 1000,
        ...{ passEnv, agent: 'recheck', shared, signal },
      });
      const differences = compareBatches(batch, evidence, record.flaky ?? []);
      const others = batch.changes.length - 1;
      return { differences, remarks: [`what it came to with ${others} more was checked again`], reason: null };
    } catch (error) {
      if (!isHiveError(error) || !isImpossible(error)) throw error;
      if (error.code !== 'repo.base_unknown') return { differences: [], remarks: [], reason: error.message };
    }
  }
  const remark = 'what it came to with others is not here any more, and was not checked again';
  return { differences: [], remarks: [remark], reason: null };
};
