import { hasCode } from '@hive/errors';
import { checkPatch, type Repo } from '@hive/workspace';
import { aboutTask, type Draft } from './draft.ts';

const atOnce = 4;

/**
 * Tries every patch against the base. One of a task with needs may conflict here, since its needs will have changed the files by then;
 * an empty or malformed one is refused all the same. Throws `patch.malformed`, `patch.empty` or `patch.conflict`, naming the task of a plan.
 */
export const tryPatches = async (
  drafts: readonly Draft[],
  at: { readonly home: string; readonly repo: Repo; readonly base: string; readonly ofPlan: boolean },
): Promise<void> => {
  const { home, repo, base } = at;
  const queue = drafts.flatMap(({ patch, ...draft }) => (patch === undefined ? [] : [{ patch, draft }])).values();
  const tryNext = async (): Promise<void> => {
    // The iterator is shared: each lane takes what no other has taken.
    for (const { patch, draft } of queue) {
      const attempt = () => checkPatch({ home, repo, base, patch });
      try {
        await (at.ofPlan ? aboutTask(draft.key, attempt) : attempt());
      } catch (error) {
        if (draft.needs.length === 0 || !hasCode(error, 'patch.conflict')) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, tryNext));
};
