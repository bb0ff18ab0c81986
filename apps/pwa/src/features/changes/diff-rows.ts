import type { PatchFile } from './patch.ts';
import { wordMarks, type Marks } from './word-marks.ts';

/** One row of a diff as it is shown: the head of a hunk, or a line with what differs in it. */
export type DiffRow =
  | { readonly kind: 'hunk'; readonly text: string }
  | {
      readonly kind: 'context' | 'added' | 'removed' | 'note';
      readonly text: string;
      readonly before: number | null;
      readonly after: number | null;
      readonly marks: Marks;
    };

/** The rows of one file, and how many there are in all when only the first are here. */
export type FileRows = { readonly rows: readonly DiffRow[]; readonly of: number };

const pairsCompared = 4000;
const none: Marks = [];
/** A line longer than this is cut for the screen; the patch itself can be copied whole. */
const longestShown = 5000;

const shown = (text: string): string =>
  text.length > longestShown ? `${text.slice(0, longestShown)} … ${text.length - longestShown} more characters` : text;

/** The first rows of a file, at most `most` of them. */
export const rowsOf = (file: PatchFile, most: number): FileRows => {
  const rows: DiffRow[] = [];
  let of = 0;
  let pairs = pairsCompared;
  for (const { range, about, lines } of file.hunks) {
    of += lines.length + 1;
    if (rows.length >= most) continue;
    rows.push({ kind: 'hunk', text: about === '' ? range : `${range} ${about}` });
    const part = lines.slice(0, most - rows.length);
    const marks = wordMarks(part, pairs);
    pairs -= Math.ceil(marks.size / 2);
    part.forEach(({ text, ...line }, index) =>
      rows.push({ ...line, text: shown(text), marks: marks.get(index) ?? none }),
    );
  }
  return { rows, of };
};
