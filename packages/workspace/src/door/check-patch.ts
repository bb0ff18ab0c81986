import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { applyPatch } from '../git/apply.ts';
import { git } from '../git/git.ts';
import type { Repo } from '../port.ts';

/**
 * Tries a patch against a base of the user's repository, without a checkout and without writing there: the index is a
 * temporary file below HIVE_HOME. Throws `patch.malformed`, `patch.empty` or `patch.conflict`.
 */
export const checkPatch = async (request: {
  readonly home: string;
  readonly repo: Repo;
  readonly base: string;
  readonly patch: Uint8Array;
}): Promise<void> => {
  const { home, repo, base, patch } = request;
  const run = join(home, 'run');
  await mkdir(run, { recursive: true });
  const folder = await mkdtemp(join(run, 'try-'));
  try {
    const options = { gitDir: repo.gitDir, index: join(folder, 'index') };
    await git(['read-tree', base], options);
    await applyPatch(patch, 'check', options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
