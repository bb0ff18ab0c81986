/** How large a change is. */
export type PatchFigures = { readonly files: number; readonly added: number; readonly removed: number };

/** Files and lines of a unified diff. Lines in hunks are counted by what the hunks announce, since a removed line may look like a header. */
export const patchFigures = (diff: string): PatchFigures => {
  const sum = { files: 0, added: 0, removed: 0 };
  let before = 0;
  let after = 0;
  for (const line of diff.split('\n')) {
    const hunk = before > 0 || after > 0 ? null : /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
    if (hunk) {
      before = Number(hunk[1] ?? 1);
      after = Number(hunk[2] ?? 1);
    } else if (before > 0 || after > 0) {
      const sign = line[0];
      if (sign === '+') sum.added += 1;
      if (sign === '-') sum.removed += 1;
      if (sign !== '+' && sign !== '\\') before -= 1;
      if (sign !== '-' && sign !== '\\') after -= 1;
    } else if (line.startsWith('diff --git ')) sum.files += 1;
  }
  return sum;
};
