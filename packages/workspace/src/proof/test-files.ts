import { matcherOf } from '../door/outside-of.ts';

/** Where tests live when nobody says so: the conventions of the languages. */
export const conventions = [
  '**/test/**',
  '**/tests/**',
  '**/__tests__/**',
  '**/spec/**',
  '**/specs/**',
  '**/testdata/**',
  '**/__snapshots__/**',
  '**/*.test.*',
  '**/*.spec.*',
  '**/*-test.*',
  '**/*_test.*',
  '**/*_spec.*',
  '**/test_*.*',
  '**/test-*.*',
  '**/test.*',
  '**/tests.*',
  '**/run{-,_,}test{,s}.*',
  '**/conftest.py',
  '**/src/test/**',
  '**/*Test.{java,kt,php,cs,swift}',
  '**/*Tests.{java,kt,cs,swift}',
  '**/*.t',
  '**/*.bats',
];

/** Tells test files: by the task's own globs, else by convention. */
export const isTestFile = (globs: readonly string[] | undefined): ((path: string) => boolean) =>
  matcherOf(globs ?? conventions);

/** The paths that are test files. */
export const testFilesOf = (paths: readonly string[], globs: readonly string[] | undefined): string[] =>
  paths.filter(isTestFile(globs));
