import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identityOf, isAlive } from '../git/process-id.ts';

/** Where the process of an incarnation is named. */
export const ownerFile = (home: string, incarnation: string): string => join(home, 'run', 'owners', incarnation);

/** Says which process the worktrees of an incarnation belong to, for those who find them. */
export const signWorktrees = async (home: string, incarnation: string): Promise<void> => {
  await mkdir(join(home, 'run', 'owners'), { recursive: true });
  await writeFile(ownerFile(home, incarnation), identityOf(process.pid));
};

/** True while the process that signed for an incarnation runs on this machine. */
export const isOwnerAlive = async (home: string, incarnation: string): Promise<boolean> => {
  const owner = await readFile(ownerFile(home, incarnation), 'utf8').catch(() => null);
  return owner !== null && isAlive(owner);
};
