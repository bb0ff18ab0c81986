import { createHash } from 'node:crypto';
import { diffOf } from '../git/diff.ts';
import { git, gitText } from '../git/git.ts';
import { notesRef } from '../git/notes.ts';
import type { Repo } from '../port.ts';
import { evidenceTrailer } from '../evidence-text.ts';

/** A commit of the user's repository with what it carries of its evidence. */
export type MergedCommit = {
  readonly commit: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly subject: string;
  /** The text of its note under `refs/notes/hive`, to the byte; null when it has none. */
  readonly note: string | null;
  /** The digests that its message names as `Hive-Evidence: sha256:…`; a squashed commit may have several. */
  readonly digests: readonly string[];
};

/** Reads a commit (by its full name) with its note and trailers. Reads only. */
export const readMerged = async ({ gitDir }: Pick<Repo, 'gitDir'>, commit: string): Promise<MergedCommit> => {
  const format = `%T%n%P%n%s%n%(trailers:key=${evidenceTrailer},valueonly,unfold)`;
  const [facts, list] = await Promise.all([
    gitText(['log', '-1', `--format=${format}`, commit, '--'], { gitDir }),
    git(['notes', `--ref=${notesRef}`, 'list', commit], { gitDir, ok: [0, 1, 128] }),
  ]);
  const [tree = '', parents = '', subject = '', ...trailers] = facts.split('\n');
  const blob = list.code === 0 ? list.stdout.toString('utf8').trim() : '';
  const note = blob === '' ? null : (await git(['cat-file', 'blob', blob], { gitDir })).stdout.toString('utf8');
  return {
    commit,
    tree,
    parents: parents.split(' ').filter(Boolean),
    subject,
    note,
    digests: trailers.flatMap((line) => /^sha256:([0-9a-f]{64})$/.exec(line.trim())?.[1] ?? []),
  };
};

/** All commits that have a note of Hive, in no particular order. */
export const notedCommits = async ({ gitDir }: Pick<Repo, 'gitDir'>): Promise<string[]> => {
  const list = await git(['notes', `--ref=${notesRef}`, 'list'], { gitDir, ok: [0, 1, 128] });
  if (list.code !== 0) return [];
  return list.stdout
    .toString('utf8')
    .split('\n')
    .flatMap((line) => line.split(' ')[1] ?? []);
};

/** The commits of this repository that came after one and have this tree. Empty where that one is not here. */
export const commitsWithTree = async (
  { gitDir }: Pick<Repo, 'gitDir'>,
  tree: string,
  { after }: { readonly after: string },
): Promise<string[]> => {
  const found = await git(['log', '--all', '--format=%H %T', '--end-of-options', `^${after}`], {
    gitDir,
    ok: [0, 128],
  });
  if (found.code !== 0) return [];
  return found.stdout
    .toString('utf8')
    .split('\n')
    .flatMap((line) => (line.endsWith(` ${tree}`) ? (line.split(' ')[0] ?? []) : []));
};

/** The SHA-256 of the patch from one commit to another, as evidence records it; null when one of them is not here. */
export const patchDigest = async (
  { gitDir }: Pick<Repo, 'gitDir'>,
  from: string,
  to: string,
): Promise<string | null> => {
  const there = await Promise.all(
    [from, to].map((name) => git(['cat-file', '-e', `${name}^{tree}`], { gitDir, ok: [0, 1, 128] })),
  );
  if (there.some(({ code }) => code !== 0)) return null;
  return createHash('sha256')
    .update(await diffOf(gitDir, from, to))
    .digest('hex');
};
