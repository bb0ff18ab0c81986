import { expect, test } from 'vitest';
import { firstFailure } from './first-failure.ts';

test.each([
  [
    'node:test, TAP',
    "ok 1 - a\n    not ok 1 - inner\n      location: 'test/a.test.js:4:3'\nnot ok 2 - outer\n",
    { line: 'inner', file: 'test/a.test.js', at: 4 },
  ],
  ['node:test, spec', '✔ fine (1ms)\n✖ adds (0.5ms)\n✖ failing tests:\n', { line: 'adds' }],
  [
    'jest',
    ' FAIL src/a.test.js\n  ● sum › adds\n    at Object.<anonymous> (src/a.test.js:3:9)\n',
    { line: 'sum › adds', file: 'src/a.test.js', at: 3 },
  ],
  [
    'vitest',
    ' FAIL  src/a.test.ts > adds\nAssertionError\n ❯ src/a.test.ts:5:3\n',
    { line: 'src/a.test.ts > adds', file: 'src/a.test.ts', at: 5 },
  ],
  [
    'pytest',
    'tests/test_a.py:3: AssertionError\nFAILED tests/test_a.py::test_f - assert 1 == 2\n',
    { line: 'tests/test_a.py::test_f - assert 1 == 2' },
  ],
  [
    'unittest',
    'FAIL: test_f (tests.test_a.T)\n  File "tests/test_a.py", line 3\n',
    { line: 'test_f (tests.test_a.T)', file: 'tests/test_a.py', at: 3 },
  ],
  [
    'Java',
    'Exception in thread "main" java.lang.AssertionError: leap 1900\n\tat LeapTest.t(LeapTest.java:1)\n',
    { line: 'java.lang.AssertionError: leap 1900', file: 'LeapTest.java', at: 1 },
  ],
  [
    'go',
    '--- FAIL: TestSum (0.00s)\n    sum_test.go:8: got 3\nFAIL\n',
    { line: 'TestSum (0.00s)', file: 'sum_test.go', at: 8 },
  ],
  [
    'cargo',
    "test sum ... FAILED\n\nthread 'sum' panicked at src/lib.rs:9:5:\n",
    { line: 'sum', file: 'src/lib.rs', at: 9 },
  ],
  [
    'tsc',
    'src/a.ts(3,1): error TS2304: Cannot find name\n',
    { line: 'src/a.ts(3,1): error TS2304: Cannot find name', file: 'src/a.ts', at: 3 },
  ],
  [
    'make, by what its command said',
    'sh t.sh\nt.sh: 1: .: cannot open ./lib.sh: No such file\nmake: *** [Makefile:2: test] Error 2\n',
    { line: 't.sh: 1: .: cannot open ./lib.sh: No such file' },
  ],
  ['make alone', 'make: *** [Makefile:2: test] Error 1\n', { line: 'make: *** [Makefile:2: test] Error 1' }],
  [
    'a target that make does not know',
    "make: *** No rule to make target 'test'.  Stop.\nbye\n",
    { line: "make: *** No rule to make target 'test'.  Stop." },
  ],
  [
    'npm',
    'npm error code ENOENT\nnpm error syscall spawn /x/sh\nnpm error enoent spawn /x/sh ENOENT\nnpm error A complete log of this run can be found in: /l\n',
    { line: 'spawn /x/sh ENOENT' },
  ],
  [
    'a plain Node script',
    'node:assert:126\n  throw new AssertionError(obj);\n\nAssertionError [ERR_ASSERTION]: 3 == 4\n    at Object.<anonymous> (test.js:2:8)\n\nNode.js v24.1.0\n',
    { line: 'AssertionError [ERR_ASSERTION]: 3 == 4', file: 'test.js', at: 2 },
  ],
  ['anything else', 'some\nlast words\n\n', { line: 'last words' }],
])('%s', (_, output, expected) => {
  expect(firstFailure(output)).toEqual(expected);
});

test('no output has no first failure', () => {
  expect(firstFailure('\n\n')).toBeNull();
});
