/** A text that stands once in a file of the code that ships, and what a planted bug puts in its place. */
export type Edit = readonly [find: string, replace: string];

/**
 * One planted bug: a patch to a file that ships, made while the file is loaded and never on the disk. Somewhere in what it puts in place it calls
 * `reached()`, or in a statement of a database `mutant_reached()`; both are true. A bug that was not reached was not tried.
 */
export type Mutant = {
  /** Short and unique: `--only` takes its beginning. */
  readonly name: string;
  readonly file: string;
  readonly edits: readonly Edit[];
  /** The test whose assertion fails: the named assertion. */
  readonly caughtBy: Test;
};

/** A test by its file and its title; `around > title` where several have one title. */
export type Test = { readonly file: string; readonly title: string; readonly needs?: 'postgres' };

/** One row of the list of planted bugs. `breaks` are numbers of ARCHITECTURE section 7. */
export type Row = {
  /** In the words of the list. */
  readonly name: string;
  readonly breaks: string;
  readonly mutants: readonly Mutant[];
  /** Those of its bugs that cannot be planted, with the reason. */
  readonly notYet?: readonly { readonly what: string; readonly why: string }[];
};
