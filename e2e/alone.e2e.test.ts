import { spawn, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testPostgres } from '@hive/core-db/testing';
import type { Result } from '@hive/events';
import { afterEach, expect, test } from 'vitest';
import { compiledOnce, example, makeHome, outcomes, until, type Home } from './hive.ts';

const root = join(import.meta.dirname, '..');
const roles = ['orchestrator', 'planner', 'worker', 'reviewer'];
const started: ChildProcess[] = [];
let home: Home | undefined;

afterEach(async () => {
  await Promise.all(
    started.splice(0).map(async (child) => {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await exited;
    }),
  );
  await home?.remove();
});

/** What `npx nx serve <role>` runs, without the watcher. */
const serve = (role: string, env: Home['env']): void => {
  started.push(
    spawn(process.execPath, [join(root, 'apps', role, 'src/main.ts')], {
      env: { ...env, ...compiledOnce },
      stdio: 'ignore',
    }),
  );
};

/** Four agents, each started by itself, on a home of its own. */
const startFour = async (more: Home['env']): Promise<Home> => {
  const here = (home = await makeHome(more));
  for (const role of roles) serve(role, here.env);
  await until(
    'four agents are there',
    async () => (await here.json<{ items: unknown[] }>('agents')).items.length === roles.length,
  );
  return here;
};

test('four agents that were started one by one run the example', async () => {
  const here = await startFour({});
  const repo = await example.repo(here);
  const result = await here.json<Result>('run', 'Example', '--repo', repo, '--plan', example.plan);
  expect(outcomes(result)).toEqual(await example.expected());
});

test('four agents that were started one by one prove a change on PostgreSQL, where a whole building runs the example', async () => {
  const here = await startFour({ HIVE_DATABASE_URL: (await testPostgres()).url });
  const repo = await here.repo({ 'check.js': `process.exit(require('fs').existsSync('done.txt') ? 0 : 1);` });
  const plan = join(here.folder, 'plan.yaml');
  await writeFile(plan, 'version: 1\ntasks:\n  - { key: a, title: Write, run: touch done.txt }\n');
  const result = await here.json<Result>('run', 'Write', '--repo', repo, '--plan', plan, '--check', 'node check.js');
  expect(result.tasks.map(({ status }) => status)).toEqual(['merged']);
});
