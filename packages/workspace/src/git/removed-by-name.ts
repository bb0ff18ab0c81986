import { copyFile, rm } from 'node:fs/promises';
import { namesInHeader } from '../door/patch-files.ts';
import { git, gitList, gitText, type GitOptions } from './git.ts';

/** How git writes that nothing is left: a binary patch without its way back. Git applies it to the very object that the line before names. */
const nothingLeft = 'GIT binary patch\nliteral 0\nHcmV?d00001\n\n';

/** Makes what git writes about removed files without their content (`--irreversible-delete`) a patch that can be applied. */
export const nameRemoved = (headers: Uint8Array): Buffer =>
  Buffer.from(
    Buffer.from(headers)
      .toString('latin1')
      .replace(/^index .*\n/gm, (line) => `${line}${nothingLeft}`),
    'latin1',
  );

const section = new RegExp(
  `(diff --git [^\\n]+\\n)deleted file mode (\\d{6})\\nindex ([0-9a-f]{40,64})\\.\\.0+\\n${nothingLeft.replace('?', '\\?')}`,
  'y',
);

type Removed = { readonly path: string; readonly entry: string };

/**
 * Removes from an index, and from the worktree (`both`), the files that a patch begins by removing by name, where they are as it says; git would read each
 * of them as a whole. Answers the rest of the patch, which is all of it where one of them is not as it says: git tells that best.
 */
export const removeByName = async (
  patch: Uint8Array,
  mode: 'cached' | 'both',
  options: GitOptions,
): Promise<Uint8Array> => {
  const { removed, rest } = removedIn(patch);
  if (removed.length === 0) return patch;
  const there = new Set(await gitList(['ls-files', '-s', '-z'], options));
  if (removed.some(({ entry }) => !there.has(entry))) return patch;
  const left = { ...options, input: removed.map(({ path }) => `0 ${'0'.repeat(40)}\t${path}\0`).join('') };
  if (mode === 'cached') {
    await git(['update-index', '-z', '--index-info'], left);
    return rest;
  }
  // Git takes them from the worktree itself, and follows no link on the way.
  const index = `${options.index ?? ''}.removed`;
  const before = await gitText(['write-tree'], options);
  await copyFile(options.index ?? '', index);
  try {
    await git(['update-index', '-z', '--index-info'], { ...left, index });
    const after = await gitText(['write-tree'], { ...options, index });
    await git(['read-tree', '-m', '-u', before, after], options);
  } finally {
    await rm(index, { force: true });
  }
  return rest;
};

const removedIn = (patch: Uint8Array): { removed: Removed[]; rest: Uint8Array } => {
  const text = Buffer.from(patch).toString('latin1');
  const removed: Removed[] = [];
  let end = 0;
  section.lastIndex = 0;
  for (let match = section.exec(text); match; match = section.exec(text)) {
    const [, header = '', mode = '', id = ''] = match;
    const { before } = namesInHeader([Buffer.from(header.trimEnd(), 'latin1').toString('utf8')]);
    if (before === null) break;
    removed.push({ path: before, entry: `${mode} ${id} 0\t${before}` });
    end = section.lastIndex;
  }
  return { removed, rest: patch.subarray(end) };
};
