import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Env } from '@hive/config';
import type { PlanFile, SubmitRequest } from '@hive/events';
import { makeRepository } from '@hive/front-desk/example';
import { readPlan } from '@hive/front-desk/plan-files';
import { readExpected, type Expected } from '../example/expected.ts';

/** A workflow that is run again and again: what is submitted, each time on a repository of its own, and how every task must end. */
export type Scenario = {
  readonly request: (repo: string, number: number) => SubmitRequest;
  readonly makeRepo: (repo: string) => Promise<void>;
  readonly expected: readonly Expected[];
};

/** Each run has a setup too, so that its places are passed. */
const setup = 'node --version';

/** The bundled example. */
export const bundledExample = (root: string, env: Env): Scenario => {
  const folder = join(root, 'examples/almanac');
  const plan = readPlan(join(folder, 'plan.yaml'));
  return {
    request: (repo) => ({ goal: 'Example: almanac', repo, plan, setup }),
    makeRepo: async (repo) => void (await makeRepository(join(folder, 'library'), repo, env)),
    expected: readExpected(join(folder, 'expected.json')),
  };
};

/** What each check prints differs, so that its log is a new artefact. */
const checks = 'date +%s%N\nfor test in tests/*.sh; do\n  sh "$test" || exit 1\ndone\n';

const change = (name: string, number: number): string => `diff --git a/${name}.txt b/${name}.txt
--- a/${name}.txt
+++ b/${name}.txt
@@ -1 +1 @@
-wrong
+right ${number}
diff --git a/tests/${name}.sh b/tests/${name}.sh
new file mode 100644
--- /dev/null
+++ b/tests/${name}.sh
@@ -0,0 +1 @@
+grep -q right ${name}.txt
`;

/** Those that need no other are approved at about the same time, so that some go in together. */
const changes = ['one', 'two', 'three', 'four'];

/** What each run writes differs, so that its artefacts are new. */
const smallPlan = (number: number): PlanFile => ({
  version: 1,
  checks: ['sh check.sh'],
  tasks: [
    ...changes.map((key) => ({
      key,
      title: `Set ${key} right`,
      patch: change(key, number),
      tests: ['tests/**'],
      ...(key === 'two' && { needs: ['one'] }),
    })),
    { key: 'look', title: 'Look at all of it', kind: 'command', run: 'sh check.sh', needs: ['three'] },
  ],
});

/** Four changes and a command whose checks take milliseconds: most of the time goes into what is to be killed. */
export const smallWorkflow = (env: Env): Scenario => ({
  request: (repo, number) => ({ goal: 'Set four texts right', repo, plan: smallPlan(number), setup }),
  makeRepo: (repo) =>
    repositoryOf(
      {
        'check.sh': checks,
        'tests/none.sh': 'true\n',
        ...Object.fromEntries(changes.map((name) => [`${name}.txt`, 'wrong\n'])),
      },
      repo,
      env,
    ),
  expected: [
    ...changes.map((key) => ({ key, status: 'merged', code: null })),
    { key: 'look', status: 'completed', code: null },
  ],
});

/**
 * Eight commands that change nothing: steps that either worker may take at any time. A check has to wait for its second worker to be given up before
 * the author may take it, which says nothing about a sleeper.
 */
export const commandsWorkflow = (env: Env): Scenario => {
  const keys = Array.from({ length: 8 }, (_, number) => `look-${number}`);
  const tasks = keys.map((key) => ({ key, title: 'Look at it', kind: 'command' as const, run: 'sh check.sh' }));
  return {
    request: (repo) => ({
      goal: 'Look eight times',
      repo,
      plan: { version: 1, checks: ['sh check.sh'], tasks },
      setup,
    }),
    makeRepo: (repo) => repositoryOf({ 'check.sh': checks, 'tests/none.sh': 'true\n' }, repo, env),
    expected: keys.map((key) => ({ key, status: 'completed', code: null })),
  };
};

/** A goal in words that a model plans and writes: it has to answer with one task `greeting` that adds a file. */
export const modelWorkflow = (model: string, env: Env): Scenario => ({
  request: (repo) => ({ goal: 'Add a greeting', repo, model, checks: ['git --version'], setup }),
  makeRepo: (repo) => repositoryOf({ 'README.md': 'A text.\n' }, repo, env),
  expected: [{ key: 'greeting', status: 'merged', code: null }],
});

const repositoryOf = async (files: Readonly<Record<string, string>>, repo: string, env: Env): Promise<void> => {
  const library = await mkdtemp(join(tmpdir(), 'hive-chaos-library-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(library, path)), { recursive: true });
    await writeFile(join(library, path), text);
  }
  await makeRepository(library, repo, env);
  await rm(library, { recursive: true });
};
