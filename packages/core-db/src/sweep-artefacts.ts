import { link, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** An artefact as it lies in the home. `hash` is null for a file that never became one. */
export type StoredArtefact = {
  readonly hash: string | null;
  readonly path: string;
  readonly bytes: number;
  /** When it was last stored, also when it was there already; in milliseconds. */
  readonly storedAt: number;
};

/** All artefacts of a home, and halves of such that a killed process left. */
export const listArtefacts = async (home: string): Promise<readonly StoredArtefact[]> => {
  const root = join(home, 'artefacts');
  const found: StoredArtefact[] = [];
  for (const folder of await readdir(root).catch(() => [])) {
    const names = await readdir(join(root, folder)).catch(() => []);
    const files = await Promise.all(
      names.map(async (name): Promise<StoredArtefact[]> => {
        const path = join(root, folder, name);
        const at = await stat(path).catch(() => null);
        if (!at?.isFile()) return [];
        const hash = /^[0-9a-f]{64}$/.test(name) ? name : null;
        return [{ hash, path, bytes: at.blocks * 512, storedAt: at.mtimeMs }];
      }),
    );
    found.push(...files.flat());
  }
  return found;
};

const leaving = '.leaving';

/**
 * Removes an artefact that nothing refers to, unless it was stored again since it was listed: then false. Whoever stores it meanwhile either
 * finds it gone and writes it anew, or has touched it before it left, and it comes back. One remover at a time.
 */
export const removeArtefact = async ({ path, storedAt }: StoredArtefact): Promise<boolean> => {
  const gone = `${path}${leaving}`;
  try {
    await rename(path, gone);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  if ((await stat(gone)).mtimeMs > storedAt) {
    await rename(gone, path);
    return false;
  }
  await rm(gone);
  return true;
};

/** Brings back what a killed remover had not decided about. Before artefacts are listed for removal. */
export const recoverArtefacts = async (home: string): Promise<void> => {
  for (const { path } of await listArtefacts(home)) {
    if (!path.endsWith(leaving)) continue;
    const own = path.slice(0, -leaving.length);
    // A link and not a rename: bytes that were stored anew meanwhile stay as they are.
    await link(path, own).catch(unlessCode('EEXIST'));
    await rm(path);
  }
};

const unlessCode =
  (code: string) =>
  (error: unknown): void => {
    if ((error as NodeJS.ErrnoException).code !== code) throw error;
  };
