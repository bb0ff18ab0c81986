import { lstat, mkdir, rename, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { discard } from './trash.ts';

/** Where the worktrees of failed tasks lie, each under the id of its task. */
export const keptFolder = (home: string): string => join(home, 'worktrees', 'kept');

/**
 * Puts the folder of a worktree aside for a person to look at, in place of an earlier one of the same task. It stays until `hive gc` or the
 * running building finds that its time is over.
 */
export const keepWorktree = async (home: string, folder: string, taskId: string): Promise<void> => {
  const kept = join(keptFolder(home), taskId);
  await mkdir(dirname(kept), { recursive: true });
  if (await lstat(kept).catch(() => null)) await discard(home, kept);
  await rename(folder, kept);
  const now = new Date();
  await utimes(kept, now, now); // its time begins now, not when it was made
};
