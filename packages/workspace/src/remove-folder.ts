import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/** Removes a folder with all in it, also where a command left folders that may not be written (Go's module cache). */
export const removeFolder = async (path: string): Promise<void> => {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (!['EACCES', 'EPERM', 'ENOTEMPTY'].includes(codeOf(error))) throw error;
    await open(path);
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
};

/** Never through a link. What broke off is still removing the rest meanwhile. */
const open = async (folder: string): Promise<void> => {
  try {
    if (!(await lstat(folder)).isDirectory()) return;
    await chmod(folder, 0o700);
    for (const entry of await readdir(folder, { withFileTypes: true }))
      if (entry.isDirectory()) await open(join(folder, entry.name));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
};
