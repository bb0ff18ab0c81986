import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { markdownOf, type Report } from './report.ts';

const root = join(import.meta.dirname, '../..');

test('RELIABILITY.md says what reliability.json says', () => {
  const [json, markdown] = ['reliability.json', 'RELIABILITY.md'].map((name) => join(root, name));
  if (!json || !markdown || !existsSync(json)) return expect(existsSync(markdown ?? '')).toBe(false);
  const report = JSON.parse(readFileSync(json, 'utf8')) as Report; // written by main.ts
  expect(readFileSync(markdown, 'utf8')).toBe(markdownOf(report));
});

test('a row that was not run says so, and text cannot break the table', () => {
  const outcome = { runs: 3, violations: 1, ms: 1400, store: 'sqlite', notes: 'lost: a|b' };
  const text = markdownOf({
    machine: '2 cores',
    rows: [
      { id: 'R1', title: 'kills | pauses', ran: { mode: 'quick', commit: 'abc', date: '2026-01-01', outcome } },
      { id: 'R2', title: 'seeds', ran: null },
    ],
  });
  expect(text).toContain('| R1 | kills \\| pauses | quick | 3 |  | 1 |  | 1 s | sqlite | abc | 2026-01-01 |\n');
  expect(text).toContain('| R2 | seeds | not run |');
  expect(text).toContain('- **R1**: lost: a|b\n');
});
