import type { FileChange, Line } from '../patch-parts.ts';
import { listed, type Change, type Found, type Rule } from './rule.ts';
import { caseIn, isIn, testShapesOf, type TestShapes } from './test-shapes.ts';

type TestChange = { readonly file: FileChange; readonly shapes: TestShapes };

/** Test files of a known language, and sources of languages that keep tests beside the code. */
const testsOf = ({ files, isTest }: Change): readonly TestChange[] =>
  files.flatMap((file) => {
    const shapes = testShapesOf(file.path);
    const isOne = isTest(file.path) || (file.from !== null && isTest(file.from)) || file.path.endsWith('.rs');
    return shapes && isOne ? [{ file, shapes }] : [];
  });

const casesIn = (lines: readonly Line[], shapes: TestShapes): readonly string[] =>
  lines.flatMap(({ text, number }, index) => {
    const next = lines[index + 1];
    const goesOn = text.endsWith('(') && next?.number === number + 1;
    return caseIn(shapes, goesOn ? text + next.text.trimStart() : text) ?? [];
  });

/** What the change adds anywhere, so that a test which has only moved is not missed. */
const addedCases = (tests: readonly TestChange[]): ReadonlySet<string> =>
  new Set(tests.flatMap(({ file, shapes }) => casesIn(file.added, shapes)));

const bodyOf = (lines: readonly Line[]): string => lines.map(({ text }) => text).join('\n');

/** Test files that are gone with what they tested; one that has moved is not. */
export const testsDeleted: Rule = {
  name: 'tests.deleted',
  find: (change) => {
    const tests = testsOf(change);
    const now = addedCases(tests);
    const moved = new Set(change.files.flatMap(({ kind, added }) => (kind === 'added' ? [bodyOf(added)] : [])));
    return tests.flatMap(({ file, shapes }): Found[] => {
      if (file.kind !== 'deleted' || moved.has(bodyOf(file.removed))) return [];
      const gone = casesIn(file.removed, shapes).filter((name) => !now.has(name));
      if (gone.length === 0) return [];
      return [{ message: `is deleted, and with it ${counted(gone)}`, file: file.path }];
    });
  },
};

const counted = (names: readonly string[]): string =>
  `${names.length} test ${names.length === 1 ? 'case' : 'cases'}: ${listed(names, 3)}`;

/** Tests that are skipped from now on, or that skip all others. */
export const testsSkipped: Rule = {
  name: 'tests.skipped',
  find: (change) =>
    testsOf(change).flatMap(({ file, shapes }): Found[] => {
      const skips = ({ text }: Line) => isIn(shapes.skips, text);
      const added = file.added.filter(skips);
      const [first] = added;
      // A line that was changed and skipped before is no news.
      if (!first || added.length <= file.removed.filter(skips).length) return [];
      return [{ message: 'skips a test, or all but one', file: file.path, line: first.number }];
    }),
};

/** Test cases that are gone, or assertions without others in their place, in a test file that stays. */
export const testsWeakened: Rule = {
  name: 'tests.weakened',
  find: (change) => {
    const tests = testsOf(change);
    const now = addedCases(tests);
    return tests.flatMap(({ file, shapes }): Found[] => {
      if (file.kind !== 'changed') return [];
      const [before, after] = [casesIn(file.removed, shapes), casesIn(file.added, shapes)];
      const known = new Set(before);
      const gone = before.filter((name) => !now.has(name));
      const fresh = after.filter((name) => !known.has(name));
      if (gone.length > fresh.length) return [{ message: `loses ${counted(gone)}`, file: file.path }];
      const asserts = ({ text }: Line) => isIn(shapes.asserts, text);
      const [lost, made] = [file.removed.filter(asserts), file.added.filter(asserts).length];
      if (lost.length <= 2 * made || gone.length > 0 || wasMoved(lost, tests, file)) return [];
      const message = `loses ${lost.length} ${lost.length === 1 ? 'assertion' : 'assertions'} and gains ${made}`;
      return [{ message, file: file.path }];
    });
  },
};

/** Assertions that stand in another test file now. */
const wasMoved = (lost: readonly Line[], tests: readonly TestChange[], from: FileChange): boolean => {
  const elsewhere = new Set(
    tests.flatMap(({ file }) => (file === from ? [] : file.added.map(({ text }) => text.trim()))),
  );
  return lost.filter(({ text }) => elsewhere.has(text.trim())).length * 2 > lost.length;
};
