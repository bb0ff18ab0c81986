import type { Check } from '@hive/events';
import { expect, test } from 'vitest';
import type { Ran } from './judge.ts';
import { settle } from './settle.ts';

const check = (argv: readonly string[]): Check => ({ name: argv.join(' '), argv: [...argv], source: 'given' });
const npm = check(['npm', 'test']);
const script = check(['./verify.sh']);
const ran = (on: Ran['on'], of: Check, exit: number, output = ''): Ran => ({
  check: of,
  on,
  result: { exit, ms: 1, log: '', tail: '' },
  output,
});
const absent = (on: Ran['on'], of: Check): Ran => ({
  check: of,
  on,
  result: { exit: null, ms: 0, infra: 'check.not_found', reason: 'not here', log: '', tail: '' },
  output: '',
});
const noVitest = 'sh: 1: vitest: not found\n';
const told = (runs: readonly Ran[]) => settle(runs).ran.map(({ on, result }) => `${on} ${result.infra ?? result.exit}`);

test('a tool that is missing everywhere is missing on this machine', () => {
  const { stopped } = settle([ran('head', npm, 127, noVitest), ran('base', npm, 127, noVitest)]);
  expect(stopped?.result).toMatchObject({
    infra: 'check.not_found',
    reason: expect.stringContaining('vitest') as string,
  });
  expect(settle([absent('head', npm)]).stopped?.result.reason).toBe('not here');
});

test('a tool that the change took away makes the head red', () => {
  const runs = [ran('head', npm, 127, noVitest), ran('base', npm, 0)];
  expect([settle(runs).stopped, told(runs)]).toEqual([null, ['head 127', 'base 0']]);
  expect(told([absent('head', npm), ran('base', npm, 0)])).toEqual(['head 127', 'base 0']);
});

test('a tool that comes with the change proves nothing by its absence', () => {
  const runs = [ran('head', npm, 0), ran('base', npm, 127, noVitest), ran('base+tests', npm, 1)];
  expect([settle(runs).stopped, told(runs)]).toEqual([null, ['head 0', 'base check.not_found', 'base+tests 1']]);
});

test('a script of the repository that comes with the change is red without it', () => {
  const runs = [ran('head', script, 0), absent('base', script)];
  expect([settle(runs).stopped, told(runs)]).toEqual([null, ['head 0', 'base 127']]);
});

test('what the environment stopped for another reason stops the proof', () => {
  const late = { ...absent('base', npm), result: { ...absent('base', npm).result, infra: 'check.timeout' as const } };
  expect(settle([ran('head', npm, 0), late]).stopped).toBe(late);
});
