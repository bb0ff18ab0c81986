import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { testPostgres } from '@hive/core-db/testing';
import type { Result } from '@hive/events';
import { afterEach, expect, test } from 'vitest';
import { example, makeHome, outcomes, until, type Home } from './hive.ts';

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
  started.push(spawn(process.execPath, [join(root, 'apps', role, 'src/main.ts')], { env, stdio: 'ignore' }));
};

test.each(['SQLite', 'PostgreSQL'])(
  'four agents that were started one by one run the example on %s',
  async (database) => {
    home = await makeHome(database === 'SQLite' ? {} : { HIVE_DATABASE_URL: (await testPostgres()).url });
    const here = home;
    for (const role of roles) serve(role, here.env);
    const repo = await example.repo(here);
    await until(
      'four agents are there',
      async () => (await here.json<{ items: unknown[] }>('agents')).items.length === roles.length,
    );
    const result = await here.json<Result>('run', 'Example', '--repo', repo, '--plan', example.plan);
    expect(outcomes(result)).toEqual(await example.expected());
  },
  120_000,
);
