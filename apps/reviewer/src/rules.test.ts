import type { Check, Evidence, PlannedTask, TaskView } from '@hive/events';
import { expect, test } from 'vitest';
import { findingsOf } from './rules.ts';

const sha = (digit: string) => digit.repeat(40);
const check: Check = { name: 'npm test', argv: ['npm', 'test'], source: 'given' };
const evidence: Evidence = {
  base: sha('1'),
  head: sha('2'),
  tree: sha('3'),
  patch: 'a'.repeat(64),
  author: 'human',
  commands: [{ name: 'npm test', argv: ['npm', 'test'], on: 'head', exit: 0, ms: 1, log: 'b'.repeat(64) }],
  redBefore: 'red',
  greenAfter: true,
  checkedBy: { agent: 'worker-1', host: 'here' },
  sandbox: 'none',
  at: '2026-01-01T00:00:00.000Z',
};
const task = (changed: Partial<Evidence> | null = {}, spec: Partial<PlannedTask> = {}) =>
  ({
    spec: { paths: ['src/**'], ...spec },
    base: sha('1'),
    commit: sha('2'),
    patch: 'a'.repeat(64),
    reason: null,
    evidence: changed && { ...evidence, ...changed },
  }) as TaskView; // only what the rules look at
const rules = (it: TaskView, paths = ['src/a.ts'], checks = [check]) =>
  findingsOf({ task: it, paths, checks }).map(({ rule }) => rule);

test('a change within its paths and with whole evidence breaks no rule', () => {
  expect(rules(task())).toEqual([]);
});

test.each([
  ['no evidence', null, ['evidence.missing']],
  ['another head', { head: sha('9') }, ['evidence.other']],
  ['another base', { base: sha('9') }, ['evidence.other']],
  ['another patch', { patch: 'c'.repeat(64) }, ['evidence.other']],
  [
    'a check that ran on the base only',
    { commands: evidence.commands.map((it) => ({ ...it, on: 'base' as const })) },
    ['evidence.incomplete'],
  ],
  ['a red check', { greenAfter: false }, ['checks.red']],
  ['nothing red before', { redBefore: 'not_red' as const }, ['evidence.not_red']],
])('%s is found', (_, changed, expected) => {
  expect(rules(task(changed))).toEqual(expected);
});

test('mutants that the policy does not let pass speak against a change whose proof holds', () => {
  expect(rules({ ...task(), code: 'evidence.mutants', reason: 'too few' })).toEqual(['evidence.mutants']);
  expect(rules({ ...task(), code: 'model.timeout', reason: 'slow' })).toEqual([]);
});

test('a dropped check need not have run, and red before may be declared needless', () => {
  expect(rules(task({ commands: [], dropped: ['npm test'], redBefore: 'not_needed' }))).toEqual([]);
});

test('each path that was not declared is named, both sides of a rename; without declared paths all are allowed', () => {
  expect(findingsOf({ task: task(), paths: ['src/a.ts', 'ci.yml'], checks: [check] })).toMatchObject([
    { rule: 'paths.outside', file: 'ci.yml' },
  ]);
  expect(
    findingsOf({ task: { ...task(), spec: { ...task().spec, paths: undefined } }, paths: ['ci.yml'], checks: [check] }),
  ).toEqual([]);
});
