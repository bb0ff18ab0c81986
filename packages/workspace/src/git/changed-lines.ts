import { git } from './git.ts';

/** The lines of one file that a change added or altered, counted from 1 as the head has them. */
export type ChangedLines = { readonly path: string; readonly lines: readonly number[] };

/** What a change put in place, file by file. Files whose names need quoting in a patch are left out. */
export const changedLines = async (gitDir: string, base: string, head: string): Promise<ChangedLines[]> => {
  const { stdout } = await git(
    [
      'diff-tree',
      '-r',
      '-p',
      '-U0',
      '--no-ext-diff',
      '--no-textconv',
      '--no-renames',
      '--src-prefix=a/',
      '--dst-prefix=b/',
      base,
      head,
      '--',
    ],
    { gitDir, atMost: 16 * 1024 * 1024 },
  );
  return linesOfDiff(stdout.toString('utf8'));
};

/** {@link changedLines} of a patch without context. */
export const linesOfDiff = (diff: string): ChangedLines[] => {
  const files: { path: string; lines: number[] }[] = [];
  let left = 0;
  for (const line of diff.split('\n')) {
    // A line of the content may look like anything.
    if (left > 0 && /^[+\-\\]/.test(line)) {
      if (!line.startsWith('\\')) left--;
      continue;
    }
    const path = /^\+\+\+ b\/(.+?)\t?$/.exec(line)?.[1];
    if (path !== undefined) files.push({ path, lines: [] });
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (!hunk) continue;
    const [from, count] = [Number(hunk[2]), Number(hunk[3] ?? 1)];
    left = Number(hunk[1] ?? 1) + count;
    for (let at = 0; at < count; at++) files.at(-1)?.lines.push(from + at);
  }
  return files.filter(({ lines }) => lines.length > 0);
};
