import { expect, test } from 'vitest';
import { testFilesOf } from './test-files.ts';

test.each([
  'test/a.js',
  'pkg/tests/x/data.json',
  'src/__tests__/a.tsx',
  'src/a.test.ts',
  'a.spec.js',
  'test_a.py',
  'pkg/a_test.py',
  'a_test.go',
  'app/tests.py',
  'conftest.py',
  'src/test/java/ATest.java',
  'spec/models/a_spec.rb',
  'testdata/golden.txt',
  '.hidden/test/a.js',
  'test.sh',
  'test_sum.c',
  'scripts/run-tests.sh',
])('%s is a test file', (path) => {
  expect(testFilesOf([path], undefined)).toEqual([path]);
});

test.each([
  'src/a.ts',
  'latest.js',
  'contest/a.py',
  'src/testing.ts',
  'attest.py',
  'testimony.md',
  'run.sh',
  'package.json',
])('%s is not', (path) => {
  expect(testFilesOf([path], undefined)).toEqual([]);
});

test('globs of the task replace the convention', () => {
  expect(testFilesOf(['checks/a.js', 'a.test.js'], ['checks/**'])).toEqual(['checks/a.js']);
  expect(testFilesOf(['a.test.js'], [])).toEqual([]);
});
