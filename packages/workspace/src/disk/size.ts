import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What files take on the disk, and how many they are. */
export type Size = { readonly bytes: number; readonly files: number };

/** Measures a file or folder; links are not followed, what vanishes meanwhile is left out. Nothing there is zero. */
export const sizeOf = async (path: string): Promise<Size> => {
  const stat = await lstat(path).catch(() => null);
  if (stat === null) return { bytes: 0, files: 0 };
  const own = stat.blocks * 512;
  if (!stat.isDirectory()) return { bytes: own, files: 1 };
  let [bytes, files] = [own, 0];
  for (const name of await readdir(path).catch(() => [])) {
    const inside = await sizeOf(join(path, name));
    bytes += inside.bytes;
    files += inside.files;
  }
  return { bytes, files };
};
