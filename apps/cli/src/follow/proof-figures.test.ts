import type { Evidence } from '@hive/events';
import { expect, test } from 'vitest';
import { evidence as sample } from '../testing/evidence.ts';
import { mutantFigures, proofFigures, proofMs } from './proof-figures.ts';

type Run = readonly [name: string, on: 'base' | 'base+tests' | 'head', exit: number];
const evidence = (runs: readonly Run[], rest: Partial<Evidence> = {}): Evidence => ({
  ...sample,
  commands: runs.map(([name, on, exit]) => ({ name, argv: [name], on, exit, ms: 100, log: `${name} ${on}` })),
  ...rest,
});
const unknown = () => null;
const proven = [
  ['test', 'base', 0],
  ['test', 'base+tests', 1],
  ['test', 'head', 0],
] as const;

test('tests are counted where the runner summed them up', () => {
  const counts = (log: string) => (log === 'test head' ? { passed: 41, failed: 0 } : { passed: 39, failed: 2 });
  expect(proofFigures(evidence(proven), counts)).toBe('red 2 → green 41');
});

test('else checks are counted, each once', () => {
  expect(proofFigures(evidence(proven), unknown)).toBe('red 1 of 1 check → green 1 of 1 check');
  const two = [...proven, ['lint', 'base', 0], ['lint', 'head', 0]] as const;
  expect(proofFigures(evidence(two), unknown)).toBe('red 1 of 2 checks → green 2 of 2 checks');
});

test('a runner that crashed before its summary is a check and not zero tests', () => {
  const counts = (log: string) => (log === 'test head' ? { passed: 4, failed: 0 } : { passed: 0, failed: 0 });
  expect(proofFigures(evidence(proven), counts)).toBe('red 1 of 1 check → green 4');
});

test('what needs no red says so', () => {
  expect(proofFigures(evidence([['test', 'head', 0]], { redBefore: 'not_needed' }), unknown)).toBe(
    'green 1 of 1 check, no red needed',
  );
});

test('the time is the sum of the runs', () => expect(proofMs(evidence(proven))).toBe(300));

test('what is flaky does not count, and alone it is all there is to say', () => {
  const runs = [...proven, ['shaky', 'base', 0], ['shaky', 'head', 1]] as const;
  expect(proofFigures(evidence(runs, { flaky: ['shaky'] }), unknown)).toBe('red 1 of 1 check → green 1 of 1 check');
  expect(proofFigures(evidence(proven, { flaky: ['test'], greenAfter: false }), unknown)).toBe(
    'flaky: 1 check, which proves nothing',
  );
});

test('mutants are told with what was not tried and what did not compile', () => {
  expect(mutantFigures(evidence(proven))).toBeNull();
  expect(mutantFigures(evidence(proven, { mutants: { tried: 9, rejected: 7, made: 12, broken: 1 } }))).toBe(
    '7 of 9 small mistakes in the changed lines rejected; 1 did not compile; 2 not tried in time',
  );
});
