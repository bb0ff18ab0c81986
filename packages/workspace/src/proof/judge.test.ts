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

test('what a red check said is cut at neither end within a character', () => {
  const error = `Error: ${'x'.repeat(292)}😀 happened`;
  const refused = judge([ran('head', 1, check('t'), `${error}\n`)], 'needed');
  expect(refused.reason).toBe(`t: exit 1, first failure: ${error.slice(0, 299)}`);
  const long = judge([ran('head', 1, check('t'), `😀${'x'.repeat(3499)}`)], 'needed');
  expect(long.findings[0]?.message).toBe(`t: exit 1\n${'x'.repeat(3499)}`);
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

const runs = (on: Ran['on'], exits: readonly number[], of = check('t')) => exits.map((exit) => ran(on, exit, of, 'no'));

test('a check that becomes flaky with the change is not green after it', () => {
  const refused = judge([...runs('head', [0, 1, 0]), ...runs('base', [1, 1, 1])], 'needed');
  expect(refused).toMatchObject({ code: 'evidence.flaky', greenAfter: false, redBefore: 'not_red', flaky: ['t'] });
  expect(refused.reason).toBe(
    't was red in 1 of 3 runs with the change: it is flaky, which proves nothing; it was not seen to be so without the change',
  );
  expect(refused.findings).toMatchObject([{ rule: 'evidence.flaky', severity: 'error' }]);
});

test('what is flaky without the change proves nothing, and others may', () => {
  const old = [...runs('head', [0, 1]), ...runs('base', [1, 0])];
  const alone = judge(old, 'not_needed');
  expect(alone).toMatchObject({ code: 'evidence.flaky', greenAfter: false });
  expect(alone.reason).toContain('Only flaky checks are left');
  const steady = check('steady');
  const proof = [...runs('head', [0, 0], steady), ...runs('base', [1, 1], steady)];
  expect(judge([...old, ...proof], 'needed')).toMatchObject({ code: null, flaky: ['t'], greenAfter: true });
  const green = [...runs('head', [0, 0], steady), ...runs('base', [0, 0], steady)];
  const refused = judge([...old, ...green], 'needed');
  expect([refused.code, refused.reason]).toEqual([
    'evidence.not_red',
    expect.stringContaining('(t: flaky, and does not count)'),
  ]);
});

test('red that comes and goes on the base is no red, even when the head is steady', () => {
  const before = [...runs('base', [0, 0]), ...runs('base+tests', [1, 0])];
  expect(judge([...runs('head', [0, 0]), ...before], 'needed').code).toBe('evidence.flaky');
  expect(judge([...runs('head', [1, 1]), ...before], 'needed').code).toBe('checks.red');
});

test('a run that could not be made counts neither as red nor as green', () => {
  const [absent] = runs('base', [127]);
  if (!absent) throw new Error('no run');
  const missing = { ...absent, result: { ...absent.result, infra: 'check.not_found' as const } };
  expect(judge([ran('head', 0), missing], 'needed').code).toBe('evidence.not_red');
});
