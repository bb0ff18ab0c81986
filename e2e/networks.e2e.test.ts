import { spawn, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore, type InvariantReport } from '@hive/core-db';
import { startPostgresProxy, testPostgres } from '@hive/core-db/testing';
import type { Result } from '@hive/events';
import { afterEach, expect, test } from 'vitest';
import { compiledOnce, makeHome, processesOf, until, type Home } from './hive.ts';
import { makeNetwork, whyNoNetworks, type Network } from './networks.ts';

const root = join(import.meta.dirname, '..');
const reason = await whyNoNetworks();
if (reason !== null) process.stderr.write(`workers in several networks are not tested: ${reason}\n`);

/** Longer than a lease of five seconds; the full run has the lease and the minute of real life. */
const isFull = process.env['HIVE_RELIABILITY'] === 'full';
const testMode = isFull ? {} : { HIVE_TEST_MODE: '1', HIVE_TEST_LEASE_MS: '5000' };
const [workS, cutMs] = isFull ? [30, 60_000] : [12, 15_000];

const cleaning: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleaning.splice(0).reverse()) await clean();
});

const ending = (child: ChildProcess) => {
  const exited = new Promise((resolve) => child.once('exit', resolve));
  cleaning.push(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await exited;
  });
};

/** A worker in a network of its own, which sees nothing but its database; says what it logs. */
const startWorker = async (home: Home, name: string, target: string) => {
  const network: Network = await makeNetwork();
  cleaning.push(() => network.remove());
  const proxy = await startPostgresProxy(target);
  cleaning.push(() => proxy.close());
  const url = new URL(proxy.url);
  await network.offer(Number(url.port));
  url.hostname = network.hostAddress;
  const env = { ...home.env, ...testMode, ...compiledOnce, HIVE_DATABASE_URL: url.href, HIVE_AGENT_NAME: name };
  const child = network.spawn(process.execPath, [join(root, 'apps/worker/src/main.ts')], env);
  ending(child);
  let log = '';
  child.stdout?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return { name, network, said: (text: string) => log.includes(text) };
};

test.skipIf(reason !== null)(
  'a worker that is cut off for longer than its lease loses its step to another one, can write nothing late, and comes back alone',
  async () => {
    const place = await testPostgres();
    cleaning.push(() => place.drop());
    const home = await makeHome({ HIVE_DATABASE_URL: place.url });
    cleaning.push(() => home.remove());
    // Asked directly: a command takes longer than some of what is looked for.
    const store = await openStore({ url: place.url, home: '' });
    cleaning.push(() => store.close());
    for (const role of ['orchestrator', 'planner', 'reviewer']) {
      const child = spawn(process.execPath, [join(root, 'apps', role, 'src/main.ts')], {
        env: { ...home.env, ...testMode, ...compiledOnce },
        stdio: 'ignore',
      });
      ending(child);
    }
    const workers = await Promise.all(['worker-a', 'worker-b'].map((name) => startWorker(home, name, place.url)));
    await until('five agents are there', async () => (await store.agents()).length === 5);

    const repo = await home.repo({
      'slow.js': `setTimeout(() => require('fs').writeFileSync('done.txt', 'yes'), ${workS * 1000});`,
      'quick.js': `require('fs').writeFileSync('done.txt', 'yes');`,
      'check.js': `process.exit(require('fs').existsSync('done.txt') ? 0 : 1);`,
    });
    const planOf = async (program: string) => {
      const plan = join(home.folder, `${program}.yaml`);
      await writeFile(plan, `version: 1\ntasks:\n  - { key: a, title: ${program}, run: node ${program} }\n`);
      return ['run', program, '--repo', repo, '--plan', plan, '--check', 'node check.js'];
    };
    const { workflow } = await home.json<Result>(...(await planOf('slow.js')), '--detach');
    const trace = async () => (await store.events({ correlationId: workflow, limit: 1000 })).events;
    /** Who claimed the work, in order. */
    const claims = async () =>
      (await trace()).flatMap((event) =>
        event.type === 'task.claimed' && event.data.step === 'work' ? [event.data.agent] : [],
      );
    await until('the work is claimed', async () => (await claims()).length === 1);
    const [first] = await claims();
    const cutOff = workers.find((worker) => worker.name === first);
    if (!cutOff) throw new Error(`the work was claimed by ${first ?? 'nobody'}`);

    await cutOff.network.unplug();
    const unplugged = Date.now();
    await until('the work is claimed elsewhere', async () => (await claims()).length === 2);
    await until('it was away for long enough', () => Promise.resolve(Date.now() - unplugged > cutMs), cutMs + 5_000);
    await cutOff.network.plug();
    // What it did meanwhile comes too late: it is told, or finds out itself, that the step is no longer its own.
    const late = ['"outcome":"lost"', 'claim lost', 'step stopped'];
    await until('its late work is refused', () => Promise.resolve(late.some(cutOff.said)), 60_000);

    const result = await home.json<Result>('wait', workflow);
    expect(result.tasks.map((task) => task.status)).toEqual(['merged']);
    const submitted = (await trace()).flatMap((event) => (event.type === 'task.submitted' ? [event.data.token] : []));
    expect(submitted).toEqual([2]);
    const other = workers.find((worker) => worker !== cutOff);
    expect(await claims()).toEqual([first, other?.name]);

    // Back by itself: alone, it takes the next work.
    await other?.network.unplug();
    const next = await home.json<Result>(...(await planOf('quick.js')));
    expect(next.tasks.map((task) => task.status)).toEqual(['merged']);
    const { invariants } = await home.json<{ invariants: InvariantReport[] }>('verify');
    expect(invariants.filter((report) => report.status === 'broken')).toEqual([]);
    for (const worker of workers) await worker.network.plug();
    for (const clean of cleaning.splice(0).reverse()) await clean();
    expect(await processesOf(home.home)).toEqual([]);
  },
  isFull ? 600_000 : 300_000,
);
