import type { Evidence, EvidenceCommand } from '@hive/events';
import { expect, test } from 'vitest';
import { evidenceFacts, runGroups } from './evidence-facts.ts';

const run = (more: Partial<EvidenceCommand> = {}): EvidenceCommand => ({
  ...{ name: 'test', argv: ['npm', 'test'], on: 'head', exit: 0, ms: 1, log: 'e'.repeat(64) },
  ...more,
});
const evidence: Evidence = {
  ...{ base: 'a'.repeat(40), head: 'b'.repeat(40), tree: 'c'.repeat(40), patch: 'd'.repeat(64), author: 'human' },
  ...{ commands: [run()], redBefore: 'red', greenAfter: true, checkedBy: { agent: 'worker-2', host: 'oak' } },
  ...{ sandbox: 'none', at: '2026-01-01T00:00:00Z' },
};
const said = (of: Evidence) => Object.fromEntries(evidenceFacts(of).map(({ name, texts }) => [name, texts]));

test('what a record does not say is left out, and a missing sandbox is said', () => {
  expect(Object.keys(said(evidence))).toEqual([
    ...['Base', 'Head', 'Tree', 'Patch (SHA-256)', 'Author', 'Checked by', 'Sandbox', 'Reviews'],
  ]);
  expect(said(evidence)['Sandbox']).toEqual(['none: the commands ran as the user of Hive']);
});

test('rules pass and do not review; a person is named', () => {
  const reviewers: Evidence['reviewers'] = [
    { agent: 'reviewer-1', kind: 'rules' },
    { agent: 'ada', kind: 'human' },
  ];
  expect(said({ ...evidence, reviewers })['Reviews']).toEqual(['rules passed (reviewer-1)', 'reviewed by ada']);
});

test('all that later steps add is told: second opinion, batch, tests, mutants, flaky and dropped checks, network', () => {
  const reached = { host: 'registry.example', port: 443, connections: 2, sent: 10, received: 20 };
  const all = said({
    ...evidence,
    setup: { argv: ['npm', 'ci'], lockfile: null, cached: true, egress: [reached], scripts: 'offline' },
    commands: [run({ egress: [{ ...reached, refused: { connections: 1, because: 'not granted' } }] })],
    secondOpinion: { agent: 'worker-3', host: 'elm', agrees: true },
    batch: {
      ...{ base: evidence.base, head: evidence.head, tree: evidence.tree, commands: [run()], sandbox: 'bwrap' },
      ...{ changes: [], checkedBy: { agent: 'worker-4', host: 'fir' }, at: evidence.at },
    },
    tests: { count: 3, files: ['a.test.js'] },
    mutants: { tried: 4, rejected: 3, survivors: [{ file: 'a.js', line: 2, what: '< into <=' }] },
    flaky: ['lint'],
    dropped: ['e2e'],
  });
  expect(all['Setup']).toEqual(['npm ci, scripts without a registry (reused)']);
  expect(all['Second opinion']?.[0]).toContain('worker-3 on elm');
  expect(all['Merged together']?.[0]).toContain('worker-4 on fir');
  expect(all['Tests of the change']).toEqual(['a.test.js', 'and 2 more']);
  expect(all['Mutants']).toEqual([expect.stringContaining('3 of 4'), 'not noticed: a.js:2 < into <=']);
  expect(all['Network']).toEqual([
    'registry.example:443: 4 connections, 20 B sent, 40 B received; refused: not granted',
  ]);
  expect(all['Flaky']?.[0]).toContain('lint');
  expect(all['Not counted']?.[0]).toContain('e2e');
});

test('the runs of a common merge stand apart', () => {
  expect(runGroups(evidence).map(({ runs }) => runs.length)).toEqual([1]);
});
