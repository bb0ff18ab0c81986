import type { Evidence, EvidenceCommand } from '@hive/events';
import type { PastCommit, Proof } from '@hive/workspace';
import { expect, test } from 'vitest';
import { usualJobs } from './prove-history.ts';
import { judged, whySkipped } from './verdict.ts';

const commit: PastCommit = {
  commit: 'c',
  parent: 'p',
  isMerge: false,
  subject: 's',
  paths: ['src/a.js'],
  tooLarge: null,
};
const proof = (
  code: Proof['code'],
  ran: Partial<Record<EvidenceCommand['on'], number>>,
  reason: string | null = null,
) =>
  ({
    code,
    reason,
    findings: [],
    evidence: { commands: Object.entries(ran).map(([on, exit]) => ({ name: 'npm test', on, exit })) } as Evidence,
  }) as Proof;

test.each([
  ['proven', proof(null, { head: 0, base: 1 }), null],
  ['passes', proof('evidence.not_red', { head: 0, base: 0 }), 'nothing failed without it'],
  [
    'passes',
    proof('evidence.not_red', { head: 0, base: 0, 'base+tests': 0 }),
    'nothing failed without it, its own tests included',
  ],
  [
    'passes',
    proof('evidence.no_checks', { head: 0, base: 1 }),
    'npm test was red before it, and would count if you named it with --check',
  ],
  ['red', proof('checks.red', { head: 1, base: 0 }, 'npm test: exit 1'), null],
  ['red', proof('checks.red', { head: 1, base: 1 }, 'npm test: exit 1'), 'red before it too (npm test)'],
  ['red', proof('evidence.no_checks', { head: 1, base: 1 }), 'red before it too (npm test)'],
] as const)('%s', (verdict, of, reason) => {
  expect(judged(commit, of)).toMatchObject({ verdict, reason });
});

test('a flaky check proves nothing, and is not called red for its red runs', () => {
  const { evidence, ...rest } = proof('evidence.flaky', { head: 1, base: 0 });
  expect(judged(commit, { ...rest, evidence: { ...evidence, flaky: ['npm test'] } })).toMatchObject({
    verdict: 'passes',
    reason: 'npm test ended differently when it ran again, and proves nothing',
  });
});

test('documents alone have nothing to fail', () => {
  const of = proof('evidence.not_red', { head: 0, base: 0 });
  const reasonOf = (...paths: string[]) => judged({ ...commit, paths }, of).reason;
  expect(reasonOf('README.md', 'docs/img/a.png', 'LICENSE')).toBe('documents only');
  expect(reasonOf('README.md', 'requirements.txt')).toBe('nothing failed without it');
});

test('a commit without anything to compare is skipped, and says why', () => {
  expect(whySkipped(commit, { isShallow: false })).toBeNull();
  expect(whySkipped({ ...commit, paths: [] }, { isShallow: false })).toBe('changes no file');
  expect(whySkipped({ ...commit, parent: null }, { isShallow: false })).toMatch(/nothing was before/);
  expect(whySkipped({ ...commit, parent: null }, { isShallow: true })).toMatch(/shallow/);
  expect(whySkipped({ ...commit, tooLarge: 'larger than 50 MB' }, { isShallow: false })).toBe('larger than 50 MB');
});

test('several checkouts at once where processors allow', () => {
  expect([1, 2, 4, 8, 64].map(usualJobs)).toEqual([1, 2, 3, 5, 6]);
});
