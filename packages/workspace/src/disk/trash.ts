import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFolder } from '../remove-folder.ts';

const trashOf = (home: string): string => join(home, 'trash');

/**
 * Removes a file or folder in two steps: it leaves its place at once and whole, then it is taken apart. Whoever is killed in between leaves
 * nothing half removed where somebody would look. False when it was not there.
 */
export const discard = async (home: string, path: string): Promise<boolean> => {
  await mkdir(trashOf(home), { recursive: true, mode: 0o700 });
  const gone = join(trashOf(home), randomUUID());
  try {
    await rename(path, gone);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  await removeFolder(gone);
  return true;
};

/** Takes apart what others left there. Whoever is still at it finds it gone, which is what they want. */
export const emptyTrash = async (home: string): Promise<void> => {
  for (const name of await readdir(trashOf(home)).catch(() => [])) await removeFolder(join(trashOf(home), name));
};
