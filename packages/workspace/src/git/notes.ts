import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { git } from './git.ts';
import type { Mirror } from './mirror.ts';

/** Where the evidence of a merge travels with its commit. */
export const notesRef = 'refs/notes/hive';

/** True when each of these commits has exactly its note. */
export const haveNotes = async (gitDir: string, notes: ReadonlyMap<string, string>): Promise<boolean> => {
  for (const [commit, text] of notes) {
    const there = await git(['notes', `--ref=${notesRef}`, 'show', commit], { gitDir, ok: [0, 1, 128] });
    if (there.code !== 0 || there.stdout.toString('utf8') !== text) return false;
  }
  return true;
};

/**
 * Makes, in the mirror, the notes that the user's repository has now plus these, by commit. Answers the commit.
 * The ref for it has a name of its own, and is a loose file like all refs of the mirror.
 */
export const notesOnTop = async (
  mirror: Mirror,
  current: string | null,
  notes: ReadonlyMap<string, string>,
): Promise<string> => {
  const { gitDir } = mirror;
  const ref = `${notesRef}-${randomBytes(8).toString('hex')}`;
  const file = join(gitDir, ref);
  try {
    if (current) {
      await mirror.bring(current);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `${current}\n`);
    }
    for (const [commit, text] of notes)
      await git(['notes', `--ref=${ref}`, 'add', '--force', '--file=-', commit], { gitDir, input: text });
    return (await readFile(file, 'utf8')).trim();
  } finally {
    await rm(file, { force: true });
  }
};
