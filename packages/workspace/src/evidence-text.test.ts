import type { Evidence } from '@hive/events';
import { expect, test } from 'vitest';
import { evidenceDigest, evidenceText } from './evidence-text.ts';

const evidence: Evidence = {
  base: '1'.repeat(40),
  head: '2'.repeat(40),
  tree: '3'.repeat(40),
  patch: 'a'.repeat(64),
  author: 'human',
  commands: [{ name: 'test', argv: ['sh', '-c', 'b', 'a'], on: 'head', exit: 0, ms: 5, log: 'b'.repeat(64) }],
  redBefore: 'red',
  greenAfter: true,
  checkedBy: { agent: 'worker-1', host: 'here' },
  sandbox: 'bwrap',
  at: '2026-01-01T00:00:00.000Z',
};

test('the same evidence is the same text, in whatever order its keys come back', () => {
  const text = evidenceText(evidence);
  const { base, ...others } = evidence;
  expect(evidenceText({ ...others, checkedBy: { host: 'here', agent: 'worker-1' }, base })).toBe(text);
  expect(text.endsWith('}\n')).toBe(true);
  expect(JSON.parse(text)).toEqual(evidence);
  expect(evidenceDigest('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});
