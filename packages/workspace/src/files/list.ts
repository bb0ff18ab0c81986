import { readdir } from 'node:fs/promises';
import { openFolder } from './open-folder.ts';
import { repositoryPath } from './repository-path.ts';

/** Paths below a folder, sorted; folders end in a slash, links in an at sign. `more` is true where the list ends before the folder does. */
export type Listing = { readonly entries: readonly string[]; readonly more: boolean };

/** What was not written by a person and would fill a list; a list of one of them itself is given. */
const skipped = new Set(['.git', 'node_modules', '.venv', 'dist', 'build', 'target', '__pycache__']);

/** Lists a folder of a worktree (`.` is the worktree) so many levels deep. Goes through no link. Throws as `readFileIn`. */
export const listIn = async (
  root: string,
  path: string,
  { depth, limit }: { readonly depth: number; readonly limit: number },
): Promise<Listing> => {
  const start = /^(?:\.\/?)?$/.test(path) ? [] : repositoryPath(path.replace(/\/$/, '')).split('/');
  const entries: string[] = [];
  let more = false;
  const visit = async (parts: readonly string[], levels: number): Promise<void> => {
    const folder = await openFolder(root, parts);
    try {
      const found = (await readdir(folder.at, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
      for (const entry of found) {
        if (entry.name.toLowerCase() === '.git') continue;
        if (entries.length >= limit) return void (more = true);
        const here = [...parts, entry.name];
        const mark = entry.isDirectory() ? '/' : entry.isSymbolicLink() ? '@' : '';
        entries.push(`${here.join('/')}${mark}`);
        if (entry.isDirectory() && levels > 1 && !skipped.has(entry.name)) await visit(here, levels - 1);
      }
    } finally {
      await folder.close();
    }
  };
  await visit(start, depth);
  return { entries, more };
};
