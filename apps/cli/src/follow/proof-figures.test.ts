import type { Evidence } from '@hive/events';
import { expect, test } from 'vitest';
import { proofFigures, proofMs } from './proof-figures.ts';

type Run = readonly [name: string, on: 'base' | 'base+tests' | 'head', exit: number];
const evidence = (runs: readonly Run[], rest: Partial<Evidence> = {}): Evidence => ({
  base: 'a'.repeat(40),
  head: 'b'.repeat(40),
  tree: 'c'.repeat(40),
  patch: 'd'.repeat(64),
  author: 'human',
  commands: runs.map(([name, on, exit]) => ({ name, argv: [name], on, exit, ms: 100, log: `${name} ${on}` })),
  redBefore: 'red',
  greenAfter: true,
  checkedBy: { agent: 'worker-2', host: 'h' },
  sandbox: 'none',
  at: '2026-01-01T00:00:00.000Z',
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
