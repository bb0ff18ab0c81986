/** Runs the rows of RELIABILITY.md and writes it: `--quick` or `--full`, `--only R1,R6`, `--json` for the report on stdout and no file. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { markdownOf, type Report } from './report.ts';
import type { Mode, Outcome, ReportedRow, Row } from './row.ts';

const root = join(import.meta.dirname, '../..');
const files = { json: join(root, 'reliability.json'), markdown: join(root, 'RELIABILITY.md') };

const { values } = parseArgs({
  args: process.argv.slice(2).filter((it) => it !== '--'),
  options: {
    quick: { type: 'boolean' },
    full: { type: 'boolean' },
    only: { type: 'string' },
    json: { type: 'boolean' },
  },
});
if (values.quick === values.full) {
  console.error('Usage: npx nx run tools:reliability -- --quick|--full [--only R1,R6] [--json]');
  process.exit(2);
}
const mode: Mode = values.full ? 'full' : 'quick';
const asked = values.only?.split(',');

const rowsThere = async (): Promise<Row[]> => {
  const folder = join(import.meta.dirname, 'rows');
  const modules = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => import(join(folder, name)) as Promise<Row>);
  return (await Promise.all(modules)).toSorted((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
};

/** A row that cannot be run is broken, and says why. */
const outcomeOf = async (row: Row): Promise<Outcome> => {
  const began = Date.now();
  try {
    return await row.run(mode);
  } catch (error) {
    const notes = `could not be run: ${error instanceof Error ? error.message : String(error)}`;
    return { runs: 0, violations: 1, ms: Date.now() - began, store: '', notes };
  }
};

const before = (): readonly ReportedRow[] => {
  try {
    return (JSON.parse(readFileSync(files.json, 'utf8')) as Report).rows; // written below
  } catch {
    return [];
  }
};

const git = (...args: string[]): string => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' }).trim();
// What an earlier row has just written makes no other program of this one.
const isChanged = git('status', '--porcelain', '--', '.', ':!RELIABILITY.md', ':!reliability.json') !== '';
const commit = `${git('describe', '--always')}${isChanged ? '-dirty' : ''}`;
const known = before();
const rows: ReportedRow[] = [];
let violations = 0;
for (const row of await rowsThere()) {
  const { id, title } = row;
  if (asked && !asked.includes(id)) {
    rows.push({ id, title, ran: known.find((it) => it.id === id)?.ran ?? null });
    continue;
  }
  const outcome = await outcomeOf(row);
  violations += outcome.violations;
  rows.push({ id, title, ran: { mode, commit, date: new Date().toISOString().slice(0, 10), outcome } });
  const { runs, interrupted = 0, ms, notes } = outcome;
  console.error(
    `${id.padEnd(4)} ${title}: ${runs} runs, ${interrupted} interrupted, ${outcome.violations} violations, ${Math.round(ms / 1000)} s; ${notes}`,
  );
}

const machine = `${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB, ${type()} ${release().split('-')[0] ?? ''}, Node ${process.versions.node}`;
const report: Report = { machine, rows };
if (values.json) console.log(JSON.stringify(report, null, 2));
else {
  writeFileSync(files.json, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(files.markdown, markdownOf(report));
}
process.exit(violations > 0 ? 1 : 0);
