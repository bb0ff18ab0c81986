import { join } from 'node:path';
import { diffOf } from '../git/diff.ts';
import { findGitDir } from '../git/find-git-dir.ts';
import { git } from '../git/git.ts';
import { mirrorName } from '../git/mirror-name.ts';
import type { Repo } from '../port.ts';

/**
 * What git calls a patch's stable id: the same for the same change on another base, whatever its line numbers, white space, message and author.
 * One answer for each patch in its place; null for one that changes nothing.
 */
export const patchIds = async (patches: readonly Uint8Array[]): Promise<(string | null)[]> => {
  if (patches.length === 0) return [];
  const nameOf = (index: number) => index.toString(16).padStart(40, '0');
  const input = Buffer.concat(
    patches.flatMap((patch, index) => [Buffer.from(`commit ${nameOf(index)}\n\n`), patch, Buffer.from('\n')]),
  );
  const found = await git(['patch-id', '--stable'], { input });
  const ids = new Map(
    found.stdout
      .toString('utf8')
      .split('\n')
      .filter(Boolean)
      .map((line): [string, string] => [line.split(' ')[1] ?? '', line.split(' ')[0] ?? '']),
  );
  return patches.map((_, index) => ids.get(nameOf(index)) ?? null);
};

/** The stable id of a commit's change against its first parent; null for one without a parent or without a change. */
export const patchIdOf = async ({ gitDir }: Pick<Repo, 'gitDir'>, commit: string): Promise<string | null> => {
  const parent = await git(['rev-parse', '--verify', '--quiet', `${commit}^1`], { gitDir, ok: [0, 1, 128] });
  if (parent.code !== 0) return null;
  const [id = null] = await patchIds([await diffOf(gitDir, parent.stdout.toString('utf8').trim(), commit)]);
  return id;
};

/** The patch between two commits that Hive delivered to a repository, from there or from Hive's mirror of it; null where both have lost them. */
export const deliveredPatch = async (
  home: string,
  { repo, from, to }: { readonly repo: string; readonly from: string; readonly to: string },
): Promise<Uint8Array | null> => {
  const user = await findGitDir(repo);
  for (const gitDir of [...(user ? [user.gitDir] : []), join(home, 'mirrors', `${mirrorName(repo)}.git`)]) {
    const diff = await diffOf(gitDir, from, to).catch(() => null); // not here, or no repository any more
    if (diff !== null) return diff;
  }
  return null;
};
