import { readFileIn, removeFileIn, writeFileIn } from './file.ts';
import { listIn, type Listing } from './list.ts';
import { problem } from './open-folder.ts';
import type { Matches, Search } from './search.ts';

/** Lines of a file, counted from 1; `of` is how many it has. */
export type Lines = { readonly text: string; readonly from: number; readonly to: number; readonly of: number };

/**
 * What a model may do with the files of a worktree, by paths relative to it. No link is followed and nothing outside is read or written, also
 * while a program of the worktree runs: `paths.outside`. What cannot be done otherwise is `input.invalid` with a sentence for the model.
 */
export type Files = {
  list(path: string, limits: { readonly depth: number; readonly limit: number }): Promise<Listing>;
  read(path: string, range?: { readonly from?: number | undefined; readonly to?: number | undefined }): Promise<Lines>;
  search(search: Search): Promise<Matches>;
  /** Replaces a text that occurs exactly once. */
  edit(path: string, change: { readonly find: string; readonly replace: string }): Promise<void>;
  write(path: string, text: string): Promise<'made' | 'changed'>;
  remove(path: string): Promise<void>;
};

/** The files of the worktree at `root`. */
export const createFiles = (root: string, search: Files['search']): Files => ({
  search,
  list: (path, limits) => listIn(root, path, limits),
  read: async (path, { from = 1, to = Infinity } = {}) => {
    const lines = (await readFileIn(root, path)).split('\n');
    if (lines.at(-1) === '') lines.pop();
    const first = Math.max(1, from);
    if (first > Math.max(lines.length, 1)) throw problem(`${path} has ${lines.length} lines`);
    if (to < first) throw problem('A range ends after it begins');
    const last = Math.min(to, lines.length);
    return { text: lines.slice(first - 1, last).join('\n'), from: first, to: last, of: lines.length };
  },
  edit: async (path, change) => {
    const text = await readFileIn(root, path);
    await writeFileIn(root, path, replaced(path, text, change));
  },
  write: (path, text) => writeFileIn(root, path, text),
  remove: (path) => removeFileIn(root, path),
});

const replaced = (path: string, text: string, change: { readonly find: string; readonly replace: string }): string => {
  // Models write lines without a carriage return, whatever the file has.
  const windows = text.includes('\r\n') && !change.find.includes('\r');
  const [find, replace] = [change.find, change.replace].map((it) => (windows ? it.replaceAll('\n', '\r\n') : it));
  if (find === undefined || replace === undefined || find === '') throw problem('The text to replace is empty');
  if (find === replace) throw problem('The text and its replacement are the same');
  const at = text.indexOf(find);
  if (at < 0) throw problem(`The text to replace is not in ${path}; read the file again and copy it exactly`);
  if (text.includes(find, at + 1))
    throw problem(`The text to replace is more than once in ${path}; take more of the lines around it`);
  return text.slice(0, at) + replace + text.slice(at + find.length);
};
