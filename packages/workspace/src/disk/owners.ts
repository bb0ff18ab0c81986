import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { identityOf, isAlive } from '../git/process-id.ts';

const dayMs = 86_400_000;

const folderOf = (home: string): string => join(home, 'run', 'owners');

/** Where the process of an incarnation is named. */
export const ownerFile = (home: string, incarnation: string): string => join(folderOf(home), incarnation);

/** Says which process the worktrees of an incarnation belong to, for those who find them. */
export const signWorktrees = async (home: string, incarnation: string, host = hostname()): Promise<void> => {
  await mkdir(folderOf(home), { recursive: true });
  await writeFile(ownerFile(home, incarnation), `${identityOf(process.pid)}\n${host}`);
};

/**
 * True while the process that signed for an incarnation runs. One on another machine that shares the home cannot be looked up: it counts as
 * running for a day, and after that only the store knows (agents are listed there, and commands do not last that long).
 */
export const isOwnerAlive = async (home: string, incarnation: string): Promise<boolean> => {
  const file = ownerFile(home, incarnation);
  const signature = await readFile(file, 'utf8').catch(() => null);
  if (signature === null) return false;
  const [identity = '', host] = signature.split('\n');
  if (host === hostname()) return isAlive(identity);
  const signed = await stat(file).catch(() => null);
  return signed !== null && Date.now() - signed.mtimeMs < dayMs;
};

/** True when a process of another machine has signed here, so that not all who use this home can be seen from here. */
export const isShared = async (home: string): Promise<boolean> => {
  for (const incarnation of await readdir(folderOf(home)).catch(() => [])) {
    const signature = await readFile(ownerFile(home, incarnation), 'utf8').catch(() => null);
    if (signature !== null && signature.split('\n')[1] !== hostname()) return true;
  }
  return false;
};
