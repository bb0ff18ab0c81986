import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { adrFolder, adrProblems, fileName } from './decision-records.ts';

test('the decision records are numbered, complete and linked both ways', () => {
  const folder = join(import.meta.dirname, '..', adrFolder);
  const files = readdirSync(folder).filter((file) => !['template.md', 'README.md'].includes(file));
  expect(files.length).toBeGreaterThan(0);
  expect(adrProblems(new Map(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')])))).toEqual([]);
});

test('a file is named by its number and its title', () => {
  expect(fileName(7, 'Claims are appends, not "locks"!')).toBe('0007-claims-are-appends-not-locks.md');
});

const adr = (number: number, status = 'Accepted', more = ''): string =>
  `# ${number}. Title\n\n- Status: ${status}\n- Date: 2026-11-21\n${more}\n## Context\n\n## Decision\n\n## Consequences\n`;
const superseding = '- Supersedes: [1](0001-a.md)\n';
const sound = { '0001-a.md': adr(1, 'Superseded by [2](0002-b.md)'), '0002-b.md': adr(2, 'Proposed', superseding) };
const problems = (change: Record<string, string>) => adrProblems(new Map(Object.entries({ ...sound, ...change })));

test('sound records have no problems', () => {
  expect(problems({})).toEqual([]);
});

test.each<[string, Record<string, string>, string]>([
  ['a gap', { '0004-c.md': adr(3) }, '0004-c.md: should be number 3; numbers have no gaps and do not repeat'],
  ['another name', { 'why-sqlite.md': adr(3) }, 'why-sqlite.md: is not named like 0007-claims-are-appends.md'],
  ['another title', { '0003-c.md': adr(4) }, '0003-c.md: starts with "# 3. " and the title'],
  ['no status', { '0003-c.md': adr(3, 'Done') }, '0003-c.md: needs "- Status: Proposed", Accepted'],
  ['no date', { '0003-c.md': adr(3).replace('2026-', '') }, '0003-c.md: needs "- Date: YYYY-MM-DD"'],
  ['no decision', { '0003-c.md': adr(3).replace('## Decision', '') }, '0003-c.md: needs "## Decision"'],
  [
    'a link from the old one only',
    { '0002-b.md': adr(2) },
    '0001-a.md: 0002-b.md does not say that it supersedes this',
  ],
  [
    'a link from the new one only',
    { '0001-a.md': adr(1) },
    '0002-b.md: 0001-a.md does not say that this supersedes it',
  ],
  ['a link to nowhere', { '0003-c.md': adr(3, 'Superseded by [9](0009-x.md)') }, '0003-c.md: 0009-x.md does not say'],
])('%s is found', (_what, change, problem) => {
  expect(problems(change)).toContainEqual(expect.stringContaining(problem));
});
