import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** How many bytes a folder takes on the disk, files that vanish meanwhile left out. 0 when it does not exist. */
export const folderSize = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  let sum = 0;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) sum += await folderSize(path);
    else
      sum += await lstat(path).then(
        (stat) => stat.blocks * 512,
        () => 0,
      );
  }
  return sum;
};
