import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { git, gitList, type GitOptions } from './git.ts';

/**
 * Brings the private index up to date with the worktree: changed, removed and untracked files, but neither ignored ones nor
 * what a setup made. Uses plumbing that never looks into a nested repository, where `git add` would.
 */
export const stage = async (options: GitOptions, dir: string, made: readonly string[]): Promise<void> => {
  const skip = made.flatMap((path) => ['--exclude', `/${path.replace(/[\\*?[\]!# ]/g, '\\$&')}`]);
  const [changes, others] = await Promise.all([
    gitList(['diff-files', '-z', '--name-status', '--no-renames', '--no-ext-diff', '--ignore-submodules=all'], options),
    untracked(options, dir, skip),
  ]);
  const changed = Map.groupBy(pairs(changes), ([status]) => (status === 'D' ? 'gone' : 'there'));
  const pathsOf = (kind: 'gone' | 'there') => (changed.get(kind) ?? []).map(([, path]) => path);
  // First and by name alone: where a folder was, there may now be a link that leads elsewhere.
  await update(options, ['--force-remove'], pathsOf('gone'));
  await update(options, ['--add', '--remove', '--replace'], [...pathsOf('there'), ...others]);
};

const update = async (options: GitOptions, how: readonly string[], paths: readonly string[]): Promise<void> => {
  if (paths.length === 0) return;
  await git(['update-index', '-z', ...how, '--stdin'], { ...options, input: `${paths.join('\0')}\0` });
};

const pairs = (fields: readonly string[]): [status: string, path: string][] =>
  fields.flatMap((field, index) => (index % 2 === 0 ? [[field, fields[index + 1] ?? '']] : []));

const untracked = async (options: GitOptions, dir: string, skip: readonly string[]): Promise<string[]> => {
  for (;;) {
    const found = await gitList(['ls-files', '-z', '--others', '--exclude-standard', ...skip], options);
    const nested = found.filter((path) => path.endsWith('/'));
    if (nested.length === 0) return found;
    // A repository inside of the worktree would become a link to nowhere. Its files are taken, its history is not.
    for (const path of nested) await dropGit(join(dir, path));
  }
};

const dropGit = async (folder: string): Promise<void> => {
  const own = (await readdir(folder)).filter((name) => name.toLowerCase() === '.git');
  for (const name of own) await rm(join(folder, name), { recursive: true, force: true });
  if (own.length === 0) throw new Error(`${folder} is listed as a repository but has no .git`);
};
