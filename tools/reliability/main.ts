/** Runs the rows of RELIABILITY.md and writes it: `--quick` or `--full`, `--only R1,R6`, `--json` for the report on stdout and no file. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { markdownOf, type Report } from './report.ts';
import type { Mode, Outcome, RanRow, Row } from './row.ts';

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
const only = values.only?.split(',');

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

const before = (): readonly RanRow[] => {
  try {
    // Written by this program.
    return (JSON.parse(readFileSync(files.json, 'utf8')) as Report).rows;
  } catch {
    return [];
  }
};

const rows: RanRow[] = [];
for (const row of await rowsThere()) {
  const isAsked = only?.includes(row.id) ?? true;
  const kept = before().find((it) => it.id === row.id)?.outcome ?? null;
  const outcome = isAsked ? await outcomeOf(row) : kept;
  rows.push({ id: row.id, title: row.title, outcome });
  if (isAsked && outcome)
    console.error(
      `${row.id.padEnd(4)} ${row.title}: ${outcome.runs} runs, ${outcome.interrupted ?? 0} interrupted, ${outcome.violations} violations, ${Math.round(outcome.ms / 1000)} s; ${outcome.notes}`,
    );
}

const report: Report = {
  mode,
  commit: execFileSync('git', ['-C', root, 'rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
  date: new Date().toISOString().slice(0, 10),
  machine: {
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    node: process.versions.node,
    system: `${type()} ${release().split('-')[0] ?? ''}`,
  },
  rows,
};
if (values.json) console.log(JSON.stringify(report, null, 2));
else {
  writeFileSync(files.json, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(files.markdown, markdownOf(report));
}
process.exit(rows.some(({ id, outcome }) => (only?.includes(id) ?? true) && (outcome?.violations ?? 0) > 0) ? 1 : 0);
