import type { Head } from '@hive/core-db';
import { expect, test } from 'vitest';
import { verdictOn, type Rival } from './dedupe.ts';

const rival = (id: string, isOpen: boolean, hasBegun: boolean): Rival => ({ head: { id } as Head, isOpen, hasBegun });
const waits = rival('waits', true, false);
const works = rival('works', true, true);
const over = rival('over', false, true);

test.each([
  [undefined, [], 'recorded'],
  ['keep', [waits], 'waits is kept'],
  [undefined, [works, over], 'works is kept'],
  ['keep', [over], 'over is kept'],
  ['replace', [works, waits, over], 'recorded instead of works, waits'],
  ['replace', [over], 'recorded'],
  ['debounce', [waits], 'recorded instead of waits'],
  ['debounce', [waits, works], 'works is kept'],
  ['debounce', [over], 'over is kept'],
] as const)('%s among %j', (mode, rivals, expected) => {
  const verdict = verdictOn(mode, rivals);
  const instead = 'ousted' in verdict ? verdict.ousted.map((it) => it.head.id).join(', ') : '';
  const said = 'kept' in verdict ? `${verdict.kept.head.id} is kept` : `recorded${instead && ` instead of ${instead}`}`;
  expect(said).toBe(expected);
});
