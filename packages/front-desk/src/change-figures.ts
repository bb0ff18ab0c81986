import type { ApprovalDocument } from '@hive/events';
import { patchFiles } from '@hive/workspace';

type Figures = NonNullable<ApprovalDocument['files']>;

/** The files of a patch in git's format, with the lines that it adds and takes away; of a binary file they are not known. */
export const changeFigures = (patch: Uint8Array | string): Figures =>
  (typeof patch === 'string' ? patch : Buffer.from(patch).toString('utf8'))
    .split(/^(?=diff --git )/m) // lines of a file begin with a sign or a space
    .filter((part) => part.startsWith('diff --git '))
    .map((part) => {
      const path = patchFiles(part).join(' and '); // both names of one that is renamed
      return isBinary(part) ? { path, added: null, removed: null } : { path, ...countsOf(part) };
    });

const isBinary = (part: string): boolean => /^(GIT binary patch|Binary files .* differ)$/m.test(part);

const countsOf = (part: string): { readonly added: number; readonly removed: number } => {
  const count = { added: 0, removed: 0 };
  let left = { old: 0, new: 0 };
  for (const line of part.split('\n')) {
    const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
    if (left.old <= 0 && left.new <= 0) {
      if (hunk) left = { old: Number(hunk[1] ?? 1), new: Number(hunk[2] ?? 1) };
      continue;
    }
    if (line.startsWith('\\')) continue;
    if (line.startsWith('+')) count.added += 1;
    else if (line.startsWith('-')) count.removed += 1;
    if (!line.startsWith('+')) left.old -= 1;
    if (!line.startsWith('-')) left.new -= 1;
  }
  return count;
};
