import type { Evidence } from '@hive/events';
import { expect, test } from 'vitest';
import { createColour } from '../terminal/colour.ts';
import { evidence as sample } from '../testing/evidence.ts';
import { taskLine, type Settled } from './task-line.ts';

const evidence: Evidence = {
  ...sample,
  commands: [
    { name: 't', argv: ['t'], on: 'base+tests', exit: 1, ms: 600, log: 'e'.repeat(64) },
    { name: 't', argv: ['t'], on: 'head', exit: 0, ms: 500, log: 'f'.repeat(64) },
  ],
};
const layout = { keyWidth: 11, columns: 100, colour: createColour(false) };
const merged: Settled = { key: 'parse', status: 'merged', code: null, reason: null, commit: 'a1b2c3d4e5', evidence };
const line = (task: Partial<Settled>) => taskLine({ ...merged, ...task }, layout, () => null);

test('a merge is told by its proof', () => {
  expect(line({})).toBe(
    '  merged    parse        red 1 of 1 check → green 1 of 1 check   checked by worker-1   1.1 s   a1b2c3d',
  );
});

test('a refusal is told by its code and reason, on one line that cannot move the cursor', () => {
  const refused = line({ status: 'refused', code: 'checks.red', reason: 'first\n\u001b[2Jsecond' });
  expect(refused).toBe('  refused   parse        checks.red: first \\x1b[2Jsecond');
});

test('a command without a change has nothing to merge, and what is still open says nothing of it', () => {
  expect(line({ status: 'completed', commit: null })).toMatch(/1\.1 s {3}nothing to merge$/);
  expect(line({ status: 'reviewed' })).toMatch(/1\.1 s$/);
});
