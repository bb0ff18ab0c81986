/** Browsers cap the height of an element; above this, what is scrolled is a part of what it stands for. */
const tallest = 16_000_000;

/** How a scroller of bounded height stands for any number of rows. All in pixels. */
export type ScrollMap = {
  /** The height of what is scrolled. */
  readonly height: number;
  /** How far down the rows are for a `scrollTop`. */
  offset(scrollTop: number): number;
  /** The `scrollTop` that shows an offset. */
  scrollTop(offset: number): number;
};

/** `rows` is the height of all rows, `view` what is seen of them, `above` what stands above the rows. */
export const scrollMap = (rows: number, view: number, above: number): ScrollMap => {
  const real = rows + above;
  const height = Math.min(real, tallest);
  const [far, shown] = [Math.max(1, real - view), Math.max(1, height - view)];
  const share = height === real ? 1 : far / shown;
  return { height, offset: (scrollTop) => scrollTop * share, scrollTop: (offset) => offset / share };
};
