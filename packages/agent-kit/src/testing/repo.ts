import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A real repository of a user, with git as the user would run it. */
export type TestRepo = ReturnType<typeof createRepo>;

type Files = Readonly<Record<string, string | null>>;

/** Makes a repository below `folder` with one commit of these files. */
export const createRepo = (folder: string, files: Files) => {
  const root = join(folder, 'repo');
  mkdirSync(root, { recursive: true });
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trimEnd();
  const write = (changes: Files) => {
    for (const [path, text] of Object.entries(changes)) {
      if (text === null) rmSync(join(root, path));
      else {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      }
    }
  };
  git('init', '--quiet', '--initial-branch=main');
  write(files);
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Begin');
  const base = git('rev-parse', 'HEAD');
  /** The patch of these changes against the first commit; the working tree is as before. */
  const patchOf = (changes: Files): string => {
    write(changes);
    git('add', '--all');
    const patch = `${git('diff', '--cached', '--binary', 'HEAD')}\n`;
    git('reset', '--quiet', '--hard');
    return patch;
  };
  return { root, base, git, patchOf };
};
