import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

const isGitDir = async (dir: string): Promise<boolean> => {
  const kinds = await Promise.all(
    ['HEAD', 'objects', 'refs'].map((name) =>
      stat(join(dir, name)).then(
        () => true,
        () => false,
      ),
    ),
  );
  if (kinds.every(Boolean)) return true;
  // A linked worktree has its own HEAD and names the common folder.
  return (
    Boolean(kinds[0]) &&
    (await stat(join(dir, 'commondir')).then(
      () => true,
      () => false,
    ))
  );
};

/** The `.git` of a folder: the folder itself, or where a `.git` file (linked worktree, submodule) points. */
const gitDirOf = async (dir: string): Promise<string | null> => {
  const path = join(dir, '.git');
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) return (await isGitDir(path)) ? path : null;
  if (!found?.isFile()) return null;
  const target = /^gitdir: (.+)$/m.exec(await readFile(path, 'utf8'))?.[1];
  if (!target) return null;
  const gitDir = resolve(dir, target.trim());
  return (await isGitDir(gitDir)) ? gitDir : null;
};

/** Walks up from `dir` to the top of its repository. Reads file names only, so no setting of a repository matters. */
export const findGitDir = async (dir: string): Promise<{ root: string; gitDir: string } | null> => {
  let at = await realpath(dir).catch(() => null);
  while (at !== null) {
    const gitDir = await gitDirOf(at);
    if (gitDir) return { root: at, gitDir };
    if (await isGitDir(at)) return { root: at, gitDir: at };
    const parent = dirname(at);
    at = parent === at ? null : parent;
  }
  return null;
};
