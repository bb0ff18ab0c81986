import type { Check } from '@hive/events';
import { expect, test } from 'vitest';
import { judge, type Ran } from './judge.ts';

const check = (name: string, source: Check['source'] = 'given'): Check => ({ name, argv: ['x'], source });
const ran = (on: Ran['on'], exit: number, of = check('t'), output = ''): Ran => ({
  check: of,
  on,
  result: { exit, ms: 1, log: '', tail: '' },
  output,
});

test('red on base plus tests and green on the head is proof', () => {
  expect(judge([ran('head', 0), ran('base', 0), ran('base+tests', 1)], 'needed')).toMatchObject({
    code: null,
    redBefore: 'red',
    greenAfter: true,
  });
});

test('a named check may be red on the base, and that is proof when the head is green', () => {
  expect(judge([ran('head', 0), ran('base', 1)], 'needed')).toMatchObject({ code: null, redBefore: 'red' });
});

test('nothing red before is refused with what to do, unless it was declared', () => {
  const runs = [ran('head', 0), ran('base', 0), ran('base+tests', 0)];
  const refused = judge(runs, 'needed');
  expect(refused).toMatchObject({ code: 'evidence.not_red', redBefore: 'not_red', greenAfter: true });
  expect(refused.reason).toContain('redBefore: not_needed');
  expect(judge(runs, 'not_needed')).toMatchObject({ code: null, redBefore: 'not_needed' });
});

test('red on the head is refused with the first failure, whatever was red before', () => {
  const output = 'x\nnot ok 3 - adds numbers\n  location: test/sum.test.js:7:1\n';
  const refused = judge([ran('head', 1, check('npm test'), output), ran('base', 1)], 'needed');
  expect(refused).toMatchObject({ code: 'checks.red', greenAfter: false });
  expect(refused.reason).toBe('npm test: exit 1, first failure: adds numbers (test/sum.test.js:7)');
  expect(refused.findings).toMatchObject([
    { rule: 'checks.red', file: 'test/sum.test.js', line: 7, severity: 'error' },
  ]);
});

test('a found check that is red on the base is dropped and named; a named one is not', () => {
  const found = check('npm test', 'found');
  const both = judge([ran('head', 1, found), ran('head', 0), ran('base', 1, found), ran('base', 1)], 'needed');
  expect(both).toMatchObject({ code: null, dropped: ['npm test'], redBefore: 'red' });
  const alone = judge([ran('head', 0, found), ran('base', 1, found), ran('base+tests', 1, found)], 'needed');
  expect(alone).toMatchObject({
    code: 'evidence.no_checks',
    dropped: ['npm test'],
    greenAfter: false,
    redBefore: 'not_red',
  });
  expect(alone.reason).toContain('npm test');
});

test('no checks at all prove nothing', () => {
  expect(judge([], 'not_needed')).toMatchObject({ code: 'evidence.no_checks', greenAfter: false });
});
