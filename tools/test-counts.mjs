// Reads vitest's JSON reports, `node tools/test-counts.mjs REPORT…`; of a file that stands in several the last one counts.
// With --failed it prints the files that failed, a line each; else `N passed, N failed`, and fails when there is nothing or anything failed.
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [, , ...words] = process.argv;
const reports = words.filter((word) => !word.startsWith('--')).map(readReport);
const files = new Map(reports.flatMap((report) => report.testResults).map((file) => [file.name, file]));
const failed = [...files.values()].filter(hasFailed);

if (words.includes('--failed')) for (const { name } of failed) console.log(relative(process.cwd(), name));
else {
  const count = (status) =>
    [...files.values()].flatMap((file) => file.assertionResults).filter((result) => result.status === status).length;
  // A file that could not even be loaded has no tests to count, and is a failure all the same.
  const broken = failed.filter((file) => file.assertionResults.every((result) => result.status !== 'failed')).length;
  const passed = count('passed');
  console.log(`${passed} passed, ${count('failed') + broken} failed`);
  process.exitCode = failed.length > 0 || passed === 0 ? 1 : 0;
}

function readReport(path) {
  const written = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (written !== '') return JSON.parse(written);
  console.error('The tests did not run: vitest wrote no report.');
  process.exit(1);
}

function hasFailed(file) {
  return file.status === 'failed' || file.assertionResults.some((result) => result.status === 'failed');
}
