import type { Evidence, EvidenceCommand } from '@hive/events';
import { expect, test } from 'vitest';
import { compareProofs } from './compare.ts';

const ran = (on: EvidenceCommand['on'], exit: number, more: Partial<EvidenceCommand> = {}): EvidenceCommand => ({
  name: 'npm test',
  argv: ['npm', 'test'],
  on,
  exit,
  ms: 12,
  log: 'f'.repeat(64),
  ...more,
});
const record: Evidence = {
  base: 'a'.repeat(40),
  head: 'b'.repeat(40),
  tree: 'c'.repeat(40),
  patch: 'd'.repeat(64),
  author: 'human',
  setup: { argv: ['npm', 'ci'], lockfile: 'e'.repeat(64), cached: false },
  commands: [ran('head', 0), ran('base', 0), ran('base+tests', 1)],
  redBefore: 'red',
  greenAfter: true,
  checkedBy: { agent: 'worker-1', host: 'oak' },
  sandbox: 'bwrap',
  at: '2026-01-01T00:00:00Z',
};
const same = (more: Partial<Evidence>, on: 'the same base' | 'another base' = 'the same base') =>
  compareProofs(record, { ...record, ...more }, { on });

test('times, hosts, logs, the order of runs and repeated runs are no difference', () => {
  expect(
    same({
      head: 'f'.repeat(40),
      checkedBy: { agent: 'cli', host: 'elm' },
      at: '2027-01-01T00:00:00Z',
      setup: { argv: ['npm', 'ci'], lockfile: 'e'.repeat(64), cached: true },
      commands: [ran('base', 0, { ms: 9 }), ran('base', 0), ran('base+tests', 1), ran('head', 0)],
    }),
  ).toEqual([]);
});

test.each([
  ['another patch', { patch: '0'.repeat(64) }, 'patch: recorded dddddddddddd, now 000000000000'],
  ['another base', { base: '0'.repeat(40) }, 'base: recorded aaaaaaaaaaaa, now 000000000000'],
  [
    'another exit',
    { commands: [ran('head', 0), ran('base', 0), ran('base+tests', 0)] },
    'npm test on base+tests: recorded exit 1, now exit 0',
  ],
  [
    'a run that is missing',
    { commands: [ran('head', 0), ran('base', 0)] },
    'npm test on base+tests: recorded exit 1, now not run',
  ],
  [
    'a check that is flaky now',
    { commands: [...record.commands, ran('head', 1)] },
    'npm test on head: recorded exit 0, now exit 0 and exit 1',
  ],
  [
    'another command',
    { commands: [ran('head', 0, { argv: ['true'] }), ran('base', 0), ran('base+tests', 1)] },
    'command of npm test on head: recorded ["npm","test"], now ["true"]',
  ],
  [
    'another lock file',
    { setup: { argv: ['npm', 'ci'], lockfile: null, cached: false } },
    'lock file: recorded eeeeeeeeeeee, now none',
  ],
  ['another verdict', { redBefore: 'not_red' as const }, 'red before: recorded red, now not_red'],
  ['a check that does not count', { dropped: ['npm test'] }, 'checks left out: recorded none, now npm test'],
])('%s is told', (_, more, sentence) => expect(same(more)).toEqual([sentence]));

test('on another base only what ran is compared, and what was flaky then may end either way', () => {
  expect(same({ base: '0'.repeat(40), tree: '1'.repeat(40), patch: '2'.repeat(64) }, 'another base')).toEqual([]);
  const flaky = { ...record, flaky: ['npm test'] };
  expect(
    compareProofs(
      flaky,
      { ...record, commands: [ran('head', 1), ran('base', 0), ran('base+tests', 1)] },
      { on: 'the same base' },
    ),
  ).toEqual([]);
});
