import type { Mirror } from './mirror.ts';
import { readRef, swapRefs } from './refs.ts';

/**
 * Where a branch of Hive stands; null when nothing was merged into it. A mirror that was removed and made again has lost its branches: what
 * was delivered is brought back from the user's repository.
 */
export const tipOf = async (mirror: Mirror, branch: string): Promise<string | null> => {
  const ref = `refs/heads/${branch}`;
  const own = await readRef(mirror.gitDir, ref);
  if (own !== null) return own;
  const delivered = await readRef(mirror.user.gitDir, ref);
  if (delivered === null) return null;
  await mirror.bring(delivered);
  await swapRefs({ gitDir: mirror.gitDir }, [{ ref, to: delivered, from: null }]);
  return readRef(mirror.gitDir, ref);
};
