// Wide in every terminal: CJK, Hangul, full-width forms, and pictures.
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u;

const colour = /\u001b\[\d+m/g;
const segments = new Intl.Segmenter();

/** How many columns a text takes in a terminal; colours take none. */
export const widthOf = (text: string): number => {
  let width = 0;
  for (const { segment } of segments.segment(text.replace(colour, ''))) width += wide.test(segment) ? 2 : 1;
  return width;
};

/** The text with blanks up to `width` columns. */
export const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** The text, cut with an ellipsis when it takes more than `width` columns. For text without colours. */
export const cut = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text;
  let kept = '';
  for (const { segment } of segments.segment(text)) {
    if (widthOf(kept + segment) > width - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
};
