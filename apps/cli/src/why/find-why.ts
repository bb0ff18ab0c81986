import { resolve } from 'node:path';
import { HiveError, hasCode } from '@hive/errors';
import type { Desk, Evidence, Why } from '@hive/events';
import { openRepo, patchIdOf, readMerged, resolveBase, type Repo } from '@hive/workspace';
import { parseNote } from '../recheck/parse-note.ts';

/** An answer, and the commit that was asked for where it was named as git names commits; of a commit that only its note knows, the note. */
export type FoundWhy =
  | { readonly answer: Why; readonly commit: string | null }
  | { readonly answer: null; readonly commit: string; readonly subject: string; readonly evidence: Evidence };

/**
 * Asks for a task or commit: by what the log calls it, then by what git calls it here, then by its change, as after a squash or a cherry-pick,
 * then by the note that another Hive left on it.
 * Throws `input.unknown_id` when nobody knows it.
 */
export const findWhy = async (
  desk: Pick<Desk, 'why'>,
  what: string,
  { cwd, repo: dir }: { readonly cwd: string; readonly repo: string | undefined },
): Promise<FoundWhy> => {
  const known = await asked(desk, what);
  if ('answer' in known) return { ...known, commit: null };
  const repo = await repoAt(resolve(cwd, dir ?? '.'), dir !== undefined);
  const commit = repo && (await resolveBase(repo, what).catch(() => null));
  if (!repo || commit === null) throw known.unknown;
  const byName = await asked(desk, commit);
  if ('answer' in byName) return { ...byName, commit };
  const patchId = await patchIdOf(repo, commit);
  const byPatch = patchId === null ? byName : await asked(desk, `patch:${patchId}`);
  if ('answer' in byPatch) return { ...byPatch, commit };
  const { note, subject } = await readMerged(repo, commit);
  const evidence = note === null ? null : parseNote(note);
  if (evidence) return { answer: null, commit, subject, evidence };
  throw new HiveError(
    'input.unknown_id',
    `${what} is ${commit.slice(0, 12)} in ${repo.root}, and Hive merged neither that commit nor its change`,
  );
};

/** The answer, or the error that says that nobody knows it. An ambiguous id is no such error. */
const asked = async (
  desk: Pick<Desk, 'why'>,
  text: string,
): Promise<{ readonly answer: Why } | { readonly unknown: HiveError }> => {
  try {
    return { answer: await desk.why(text) };
  } catch (error) {
    if (hasCode(error, 'input.unknown_id') && error.details['candidates'] === undefined) return { unknown: error };
    throw error;
  }
};

/** Outside of a repository only the log can be asked, unless one was named. */
const repoAt = async (dir: string, isNamed: boolean): Promise<Repo | null> => {
  try {
    return await openRepo(dir);
  } catch (error) {
    if (isNamed) throw error;
    return null;
  }
};
