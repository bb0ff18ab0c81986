import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** With two before this one, two deployments under an open tab leave it all that it may still ask for. */
const most = 3;
/** How folders begin that are being filled; one that is found was left by a process that ended in the middle. */
const making = '.making-';

/** Names a build by its content: its page and its worker name all other files by theirs. Null for a folder that lacks one of them. */
export const buildOf = (root: string): string | null => {
  const hash = createHash('sha256');
  for (const name of ['index.html', 'sw.js']) {
    const path = join(root, name);
    if (!existsSync(path)) return null;
    hash.update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 12);
};

/**
 * Copies a build below `kept` unless it is there, and removes all but the last three that were served. Answers their folders, this one first
 * and then the newer before the older.
 */
export const keepBuilds = async ({
  root,
  build,
  kept,
}: {
  readonly root: string;
  readonly build: string;
  readonly kept: string;
}): Promise<string[]> => {
  await mkdir(kept, { recursive: true });
  const own = join(kept, build);
  if (!existsSync(own)) await copy(root, own, kept);
  const now = new Date();
  await utimes(own, now, now); // served last
  const names = (await readdir(kept)).filter((name) => name !== build);
  const broken = names.filter((name) => name.startsWith(making));
  await Promise.all(broken.map((name) => rm(join(kept, name), { recursive: true, force: true })));
  const ages = await Promise.all(
    names
      .filter((name) => !broken.includes(name))
      .map(async (name) => ({ path: join(kept, name), at: (await stat(join(kept, name))).mtimeMs })),
  );
  const older = ages.toSorted((a, b) => b.at - a.at).map(({ path }) => path);
  await Promise.all(older.slice(most - 1).map((path) => rm(path, { recursive: true, force: true })));
  return [own, ...older.slice(0, most - 1)];
};

/** Under its name it is whole from the first moment. */
const copy = async (root: string, to: string, beside: string): Promise<void> => {
  const folder = await mkdtemp(join(beside, making));
  try {
    await cp(root, folder, { recursive: true });
    await rename(folder, to);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    if (!existsSync(to)) throw error;
  }
};
