import { readFileSync, readdirSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tryLock } from '../git/lock.ts';
import { isShared } from './owners.ts';

/**
 * Removes what a git that was killed left in a mirror: lock files that would stop every later one, and half objects. Under the mirror's lock,
 * and only while no git runs on it; never because of an age. Answers what was removed. Does nothing where
 * running processes are not told, or other machines share the home.
 */
export const removeStaleLocks = async (home: string, gitDir: string): Promise<readonly string[]> => {
  if (await isShared(home)) return [];
  const held = await tryLock(`${gitDir}.lock`, async () => {
    // First the files, then the processes: one that was made before and has no maker any more is stale.
    const found = await leftIn(gitDir);
    if (found.length === 0 || isGitRunning(gitDir)) return [];
    for (const path of found) await rm(path, { force: true });
    return found;
  });
  return held ?? [];
};

/** Does so in every mirror of a home. */
export const removeAllStaleLocks = async (home: string): Promise<void> => {
  const folder = join(home, 'mirrors');
  for (const name of await readdir(folder).catch(() => []))
    if (name.endsWith('.git')) await removeStaleLocks(home, join(folder, name));
};

const leftIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const lists = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return leftIn(path);
      return /\.lock$|^tmp_(?:obj|pack|idx|rev)_/.test(entry.name) ? [path] : [];
    }),
  );
  return lists.flat();
};

const isGitRunning = (gitDir: string): boolean => {
  try {
    return readdirSync('/proc').some((name) => /^\d+$/.test(name) && speaksOf(name, gitDir));
  } catch {
    return true;
  }
};

const speaksOf = (pid: string, gitDir: string): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--git-dir=${gitDir}`);
  } catch {
    return false; // it has ended
  }
};
