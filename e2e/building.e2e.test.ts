import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { InvariantReport } from '@hive/core-db';
import type { Result } from '@hive/events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { agentPid, example, hasHappened, makeHome, outcomes, processesOf, until, type Home } from './hive.ts';

let home: Home;
beforeEach(async () => {
  home = await makeHome();
});
afterEach(() => home.remove());

const submitExample = async (): Promise<{ workflow: string; repo: string }> => {
  const repo = await example.repo(home);
  const result = await home.json<Result>('run', 'Example', '--repo', repo, '--plan', example.plan, '--detach');
  return { workflow: result.workflow, repo };
};

/** The front desk is one of those who are killed. */
const patiently = (holds: () => Promise<boolean>) => (): Promise<boolean> => holds().catch(() => false);

const run = async () => JSON.parse(await readFile(join(home.home, 'run.json'), 'utf8')) as { url: string };

/** Takes a port of this machine as soon as nobody has it any more. */
const listenOn = async (port: number): Promise<Server> => {
  for (;;) {
    const server = createServer().listen(port, '127.0.0.1');
    const isOurs = await once(server, 'listening').then(
      () => true,
      () => false, // it is not dead yet
    );
    if (isOurs) return server;
  }
};

const expectNothingBroken = async (): Promise<void> => {
  const { invariants } = await home.json<{ invariants: InvariantReport[] }>('verify');
  expect(invariants.filter((report) => report.status === 'broken')).toEqual([]);
};

test('npm start -- --once ends every task of the example as expected, twice', async () => {
  for (let round = 0; round < 2; round++) {
    const ended = await home.hive('start', '--once');
    expect(ended.stdout).toContain('all 10 as expected');
    expect(ended.code).toBe(0);
  }
  expect(await processesOf(home.home)).toEqual([]);
});

test('every process killed once in the middle of the example: the same end, nothing doubled', async () => {
  const up = await home.up();
  const { workflow, repo } = await submitExample();
  // Each is killed when it has something in hand or is about to.
  for (const [agent, type] of [
    ['planner', 'workflow.submitted'],
    ['worker-1', 'task.claimed'],
    ['orchestrator', 'task.submitted'],
    ['worker-2', 'task.checked'],
    ['reviewer', 'merge.intended'],
    ['event-dashboard', 'task.merged'],
  ] as const) {
    await until(type, patiently(hasHappened(home, workflow, type)));
    const pid = await agentPid(home.home, agent);
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }
  const result = await home.json<Result>('wait', workflow);
  expect(outcomes(result)).toEqual(await example.expected());
  const merged = result.tasks.filter((task) => task.status === 'merged').length;
  expect(await home.git(repo, 'rev-list', '--count', `${result.base}..${result.branch ?? ''}`)).toBe(String(merged));
  expect((await home.git(repo, 'notes', '--ref', 'hive', 'list')).split('\n')).toHaveLength(merged);
  await expectNothingBroken();
  await up.stop();
  expect(await processesOf(home.home)).toEqual([]);
});

test('hive up killed in the middle of the example leaves no orphan, and the next one finishes the work', async () => {
  const first = await home.up();
  const { workflow } = await submitExample();
  await until('a check runs', hasHappened(home, workflow, 'task.submitted'));
  process.kill(first.pid, 'SIGKILL');
  await until('no process is left', async () => (await processesOf(home.home)).length === 0, 60_000);
  const second = await home.up();
  const result = await home.json<Result>('wait', workflow);
  expect(outcomes(result)).toEqual(await example.expected());
  await expectNothingBroken();
  await second.stop();
});

test('a control room on any free port takes another one when somebody else took its own while it was dead', async () => {
  const up = await home.up();
  const { url } = await run();
  const pid = await agentPid(home.home, 'event-dashboard');
  process.kill(pid ?? 0, 'SIGKILL');
  const thief = await listenOn(Number(new URL(url).port));
  await until('it answers elsewhere', async () => (await run()).url !== url);
  expect((await (await home.desk()).health()).head).toBeGreaterThanOrEqual(0);
  thief.close();
  await up.stop();
});

test('a second hive up on the same home is refused and names the first', async () => {
  const up = await home.up();
  const second = await home.hive('up', '--json');
  expect(second.code).toBe(78);
  expect(JSON.parse(second.stdout)).toMatchObject({ error: { code: 'hive.running' } });
  await up.stop();
});

test('a HIVE_HOME inside of the repository is refused and leaves nothing there', async () => {
  const repo = await home.repo({ 'a.txt': 'one\n' });
  const inside = await makeHome({ HIVE_HOME: join(repo, 'state') });
  const ended = await inside.hive('run', 'Count', '--repo', repo, '--check', 'true', '--json');
  expect(ended.code).toBe(2);
  expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'repo.invalid' } });
  expect(await home.git(repo, 'status', '--porcelain', '--ignored')).toBe('');
  await inside.remove();
});
