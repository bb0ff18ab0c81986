import { expect, test } from 'vitest';
import type { Evidence, EvidenceCommand } from './evidence.ts';
import { proofWords, reviewerWords } from './evidence-words.ts';

const run = (on: EvidenceCommand['on'], exit: number | null, infra?: 'check.timeout'): EvidenceCommand => ({
  name: 'test',
  argv: ['npm', 'test'],
  on,
  exit,
  ms: 10,
  log: 'a'.repeat(64),
  ...(infra && { infra }),
});
const evidence = (redBefore: Evidence['redBefore'], ...commands: EvidenceCommand[]) =>
  ({ redBefore, commands }) as unknown as Evidence;

test('a proof counts what was red before and green after', () => {
  expect(proofWords(evidence('red', run('base+tests', 1), run('head', 0), run('head', 0)))).toBe('red 1 → green 2');
  expect(proofWords(evidence('not_red', run('base', 0), run('head', 0)))).toBe('red 0 → green 1');
  expect(proofWords(evidence('red', run('base', 1), run('head', 1), run('head', 0)))).toBe('red 1 → still red 1');
  expect(proofWords(evidence('not_needed', run('head', 0)))).toBe('green 1, no red needed');
});

test('a check that could not run is neither red nor green', () => {
  expect(proofWords(evidence('red', run('base', 1), run('base', null, 'check.timeout'), run('head', 0)))).toBe(
    'red 1 → green 1',
  );
});

test('rules are never said to review', () => {
  expect(reviewerWords({ agent: 'reviewer-1', kind: 'rules' })).toBe('rules passed');
  expect(reviewerWords({ agent: 'reviewer-1', kind: 'model', model: 'qwen3' })).toBe('reviewed by qwen3');
  expect(reviewerWords({ agent: 'ada', kind: 'human' })).toBe('reviewed by ada');
});
