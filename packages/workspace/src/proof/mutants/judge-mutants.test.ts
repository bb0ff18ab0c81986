import { expect, test } from 'vitest';
import { isBroken } from './is-broken.ts';
import { judgeMutants } from './judge-mutants.ts';

const some = {
  tried: 10,
  rejected: 8,
  made: 12,
  broken: 1,
  survivors: [{ file: 'a.py', line: 3, what: '< becomes <=' }],
};

test('only a share that is asked for and not reached refuses, and names what nobody noticed', () => {
  expect(judgeMutants(some, 0).code).toBeNull();
  expect(judgeMutants(some, 0.8).code).toBeNull();
  const refused = judgeMutants(some, 0.81);
  expect([refused.code, refused.reason]).toEqual([
    'evidence.mutants',
    'The checks notice 8 of 10 small mistakes in the changed lines, and 81 % is asked for; not noticed: a.py:3 (< becomes <=)',
  ]);
  expect(refused.findings).toMatchObject([{ rule: 'evidence.mutants', file: 'a.py', line: 3, severity: 'error' }]);
});

test('lines without mutants ask for none; no time and no answer do not stand for an answer', () => {
  const none = { tried: 0, rejected: 0, broken: 0, survivors: [] };
  expect(judgeMutants(undefined, 1).code).toBeNull();
  expect(judgeMutants({ ...none, made: 0 }, 1).code).toBeNull();
  expect(judgeMutants({ ...none, made: 2, broken: 2 }, 1).code).toBeNull();
  expect(judgeMutants({ ...none, made: 2 }, 1).reason).toContain('raise mutants.budgetS');
  expect(judgeMutants(null, 1).code).toBe('evidence.mutants');
});

test.each([
  ['  File "x.py", line 3\n    if not (:\n           ^\nSyntaxError: invalid syntax\n', true],
  ['./a.go:4:2: declared and not used: x\nFAIL\tg [build failed]\n', true],
  ['error[E0308]: mismatched types\n --> src/lib.rs:2:5\n', true],
  ['A.java:3: error: incompatible types\n', true],
  ['bad.c:1:11: error: expected declaration\n', true],
  ['x.sh: 3: Syntax error: "fi" unexpected\n', true],
  ['AssertionError: 1 != 2\nFAILED (failures=1)\n', false],
  ["TypeError: unsupported operand type(s) for -: 'str' and 'str'\n", false],
  ['--- FAIL: TestAdd (0.00s)\n    a_test.go:3: bad 2\nFAIL\n', false],
])('%s', (output, expected) => expect(isBroken(output)).toBe(expected));
