// `node --import plant.ts run-tests.ts FILE TITLE…`: runs these tests of a file and tells of each as a line of JSON.
import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { runTests } from './vitest.ts';

const [file = '', ...titles] = process.argv.slice(2);
/** A bug may keep what comes after the test from ending; by then it has told. */
const patienceMs = 3_000;

await import(pathToFileURL(file).href);
const isPlanted = process.env['HIVE_PLANTED'] !== undefined;
await runTests(titles, isPlanted ? 'to the first failure' : 'all', (ended) => {
  writeSync(3, `${JSON.stringify(ended)}\n`);
  if (ended.error) setTimeout(() => process.exit(), patienceMs).unref();
});
process.exit();
