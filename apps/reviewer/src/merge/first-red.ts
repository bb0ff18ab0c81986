/** What a search found: the first `green` of them together are green, with the next one they are red. */
export type FirstRed<T> = {
  readonly green: number;
  /** What the check of the green ones said; null when there is none among them. */
  readonly last: T | null;
  /** What the check said that turned red. */
  readonly because: T;
};

/**
 * Finds the change that turns a stack red by halving: `all` of them were found red (`whole`), none at all is green. Asks `check` about the first so
 * many, at most ceil(log2(all)) times.
 */
export const firstRed = async <T extends { readonly code: string | null }>(
  all: number,
  whole: T,
  check: (first: number) => Promise<T>,
): Promise<FirstRed<T>> => {
  let [green, red] = [0, all];
  let last: T | null = null;
  let because = whole;
  while (red - green > 1) {
    const middle = Math.floor((green + red) / 2);
    const told = await check(middle);
    if (told.code === null) [green, last] = [middle, told];
    else [red, because] = [middle, told];
  }
  return { green, last, because };
};
