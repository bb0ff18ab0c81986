import { diffWordsWithSpace } from 'diff';
import type { PatchLine } from './patch.ts';

/** Parts of a line that differ from the line that it replaces or that replaces it: where each begins and ends. */
export type Marks = readonly (readonly [from: number, to: number])[];

const longestLine = 1000;
/** With less in common than this share two lines have nothing to do with each other, and marks would only be noise. */
const leastAlike = 0.4;

/** What differs between two lines, or null where they are too long or not alike. */
const between = (before: string, after: string): { readonly before: Marks; readonly after: Marks } | null => {
  if (before.length > longestLine || after.length > longestLine) return null;
  const parts = diffWordsWithSpace(before, after, { maxEditLength: 200 });
  if (!parts) return null;
  const marks = { before: [] as [number, number][], after: [] as [number, number][] };
  const at = { before: 0, after: 0 };
  let common = 0;
  for (const { value, added, removed } of parts) {
    if (!added && !removed) common += value.trim().length;
    if (removed) marks.before.push([at.before, at.before + value.length]);
    if (added) marks.after.push([at.after, at.after + value.length]);
    if (!added) at.before += value.length;
    if (!removed) at.after += value.length;
  }
  const length = Math.max(before.trim().length, after.trim().length);
  return length > 0 && common / length >= leastAlike ? marks : null;
};

/** A block of lines that went out and came in, up to this long, is searched for the lines that belong together; in a longer one they do by their order. */
const searched = 8;

/**
 * The marks of the lines of a hunk, by the index of the line. A line that was taken out belongs to the first line that came in at the same place,
 * is like it and has no other. At most `most` pairs are compared.
 */
export const wordMarks = (lines: readonly PatchLine[], most: number): ReadonlyMap<number, Marks> => {
  const marks = new Map<number, Marks>();
  let left = most;
  const compare = (gone: number, come: number): boolean => {
    if (left-- <= 0) return false;
    const found = between(lines[gone]?.text ?? '', lines[come]?.text ?? '');
    if (found) marks.set(gone, found.before).set(come, found.after);
    return found !== null;
  };
  for (let at = 0; at < lines.length && left > 0;) {
    const block = { removed: [] as number[], added: [] as number[] };
    // A note about a line ends nothing.
    const take = (kind: 'removed' | 'added') => {
      for (; lines[at]?.kind === kind || (lines[at]?.kind === 'note' && block[kind].length > 0); at++)
        if (lines[at]?.kind === kind) block[kind].push(at);
    };
    take('removed');
    take('added');
    const { removed, added } = block;
    if (removed.length === 0 && added.length === 0) at++;
    else if (removed.length > searched || added.length > searched)
      removed.slice(0, added.length).forEach((gone, index) => compare(gone, added[index] ?? 0));
    else
      for (const gone of removed) {
        const come = added.findIndex((it) => compare(gone, it));
        // What comes later belongs to later lines.
        if (come >= 0) added.splice(0, come + 1);
      }
  }
  return marks;
};
