import type { Evidence } from '@hive/events';

/** What was proven of a change of a person. */
export const evidence: Evidence = {
  base: 'a'.repeat(40),
  head: 'b'.repeat(40),
  tree: 'c'.repeat(40),
  patch: 'd'.repeat(64),
  author: 'human',
  commands: [],
  redBefore: 'red',
  greenAfter: true,
  checkedBy: { agent: 'worker-1', host: 'oak' },
  sandbox: 'bwrap',
  at: '2026-01-01T00:00:00Z',
};
