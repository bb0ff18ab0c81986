import { expect, test } from 'vitest';
import { testCounts } from './test-counts.ts';

test.each([
  ['node:test, TAP', '# tests 47\n# suites 0\n# pass 44\n# fail 3\n# cancelled 0\n', { passed: 44, failed: 3 }],
  ['node:test, spec', 'ℹ tests 5\nℹ pass 5\nℹ fail 0\n', { passed: 5, failed: 0 }],
  ['vitest', ' Test Files  1 failed (1)\n      Tests  2 failed | 41 passed (43)\n', { passed: 41, failed: 2 }],
  ['jest', 'Tests:       1 failed, 2 skipped, 9 passed, 12 total\n', { passed: 9, failed: 1 }],
  ['pytest', '=== 2 failed, 41 passed, 1 warning in 0.12s ===\n', { passed: 41, failed: 2 }],
  ['pytest, quiet', '3 passed in 0.01s\n', { passed: 3, failed: 0 }],
  ['colours', '\u001b[32m# pass 1\u001b[39m\n\u001b[31m# fail 0\u001b[39m\n', { passed: 1, failed: 0 }],
])('%s', (_, log, counts) => expect(testCounts(log)).toEqual(counts));

test.each(['', 'ok\n', '3 tests were fine\n', '# pass 3\n', 'pass 3\nfail 1\n'])(
  'nothing is guessed from %j',
  (log) => {
    expect(testCounts(log)).toBeNull();
  },
);
