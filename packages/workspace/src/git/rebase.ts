import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HiveError } from '@hive/errors';
import { commitTree, type Committed } from './commit.ts';
import { diffOf } from './diff.ts';
import { conflictTexts, unmergedIn } from './conflicts.ts';
import { git, gitText } from './git.ts';
import type { Mirror } from './mirror.ts';
import { removeByName } from './removed-by-name.ts';

/** Puts one commit on top of another tip by a three-way merge of its own change, without a checkout. */
export const rebaseCommit = async (
  mirror: Mirror,
  home: string,
  { commit, onto, signal }: { commit: string; onto: string; signal: AbortSignal },
): Promise<Committed> => {
  const { gitDir } = mirror;
  await mirror.bring(commit);
  await mirror.bring(onto);
  const parent = await gitText(['rev-parse', '--verify', `${commit}^1`], { gitDir });
  const patch = await diffOf(gitDir, parent, commit);
  const message = await gitText(['log', '-1', '--format=%B', commit, '--'], { gitDir });
  await mkdir(join(home, 'run'), { recursive: true });
  const folder = await mkdtemp(join(home, 'run', 'rebase-'));
  try {
    const options = { gitDir, index: join(folder, 'index'), signal };
    await git(['read-tree', onto], options);
    const rest = await removeByName(patch, 'cached', options);
    const threeWay = ['apply', '--cached', '--3way', '--whitespace=nowarn', '-'];
    const applied = rest.length > 0 && (await git(threeWay, { ...options, input: rest, ok: [0, 1, 128] }));
    if (applied && applied.code !== 0) throw await conflict(options, applied.stderr, { onto, folder });
    const tree = await gitText(['write-tree'], options);
    const made = await commitTree(gitDir, { base: onto, tree, message });
    if (made) return made;
    throw new HiveError('patch.empty', `The change is already part of ${onto.slice(0, 8)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const conflict = async (
  options: { gitDir: string; index: string },
  stderr: string,
  { onto, folder }: { onto: string; folder: string },
): Promise<HiveError> => {
  const unmerged = await unmergedIn(options);
  const failed = [...stderr.matchAll(/^error: (?:patch failed: )?(.+?)(?::\d+$|: )/gm)].map((match) => match[1] ?? '');
  const files = [...new Set([...unmerged.keys(), ...failed].filter(Boolean))].sort();
  const conflicts = await conflictTexts(options.gitDir, folder, unmerged);
  return new HiveError(
    'patch.conflict',
    `The change does not fit on ${onto.slice(0, 8)}: conflict in ${files.join(', ') || 'the patch'}`,
    {
      details: { files, conflicts, stderr: stderr.slice(0, 4000) },
    },
  );
};
