import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../mutants/run-tests.ts';
import type { Outcome } from '../row.ts';

export const id = 'R11';
export const title = 'recorded traces of earlier versions read, folded and decided by the code of today';

/** What vitest says of a file, as far as it matters. */
type Told = {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
};

/** The test of the corpus, trace by trace. */
export const run = async (): Promise<Outcome> => {
  const began = Date.now();
  const folder = await mkdtemp(join(tmpdir(), 'hive-corpus-'));
  const file = join(folder, 'told.json');
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  // Its project alone: what serves the control room's tests writes into the tree, where another run of tests may be reading.
  const asked = ['run', 'e2e/corpus', '--project=pure', '--reporter=json', `--outputFile=${file}`];
  // A test that fails ends it with an exit code that says no more than the file.
  await new Promise((ended) => execFile(process.execPath, [vitest, ...asked], { cwd: root }, ended));
  const told = JSON.parse(await readFile(file, 'utf8')) as Told; // the reporter's document
  await rm(folder, { recursive: true });
  const tests = told.testResults.flatMap((it) => it.assertionResults);
  const failed = tests.filter(({ status }) => status !== 'passed').map((it) => it.title);
  return {
    runs: tests.length,
    violations: failed.length + (tests.length === 0 ? 1 : 0),
    ms: Date.now() - began,
    store: 'none',
    notes: [`${tests.length} tests of the corpus, one for each trace among them`, ...failed].join('; '),
  };
};
