/** Which rows are chosen: from where the choice began to where it is now. Both are indexes, in any order. */
export type LineChoice = { readonly from: number; readonly to: number };

/** Where the keyboard is, and what is chosen with it. */
export type LineCursor = { readonly at: number; readonly choice: LineChoice | null };

const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1, PageDown: 20, PageUp: -20 };

/** The cursor after a key; null for a key that does nothing here. With Shift the choice grows. */
export const lineMove = (
  { at, choice }: LineCursor,
  key: { readonly key: string; readonly shift: boolean },
  count: number,
): LineCursor | null => {
  const wanted = key.key === 'Home' ? 0 : key.key === 'End' ? count - 1 : steps[key.key];
  if (key.key === ' ') return { at, choice: choice?.from === at && choice.to === at ? null : { from: at, to: at } };
  if (wanted === undefined || count === 0) return null;
  const to = key.key in steps ? Math.max(0, Math.min(count - 1, at + wanted)) : wanted;
  return { at: to, choice: key.shift ? { from: choice?.from ?? at, to } : choice };
};

/** The choice after a click at a row: it alone, with Shift all from where the choice began, and nothing when it was the only one. */
export const clicked = (choice: LineChoice | null, at: number, shift: boolean): LineChoice | null => {
  if (shift && choice) return { from: choice.from, to: at };
  return choice?.from === at && choice.to === at ? null : { from: at, to: at };
};

/** The first and the last index of a choice. */
export const ends = ({ from, to }: LineChoice): readonly [first: number, last: number] =>
  from < to ? [from, to] : [to, from];
