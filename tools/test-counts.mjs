// Prints `N passed, N failed` from vitest's JSON report; fails when there is none or when anything in it failed.
import { readFileSync } from 'node:fs';

const written = readFileSync(process.argv[2], 'utf8');
if (written === '') {
  console.log('The tests did not run: vitest wrote no report.');
  process.exit(1);
}
const report = JSON.parse(written);
// A file that could not even be loaded has no tests to count, and is a failure all the same.
const broken = report.testResults.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((result) => result.status === 'failed'),
).length;
const failed = report.numFailedTests + broken;
console.log(`${report.numPassedTests} passed, ${failed} failed`);
process.exitCode = failed > 0 || report.numPassedTests === 0 ? 1 : 0;
