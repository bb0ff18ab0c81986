import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDeskClient, type Desk, type Result, type ScheduleSummary } from '@hive/events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeHome, until, type Home } from './hive.ts';

let home: Home;
let repo: string;
beforeEach(async () => {
  home = await makeHome();
  repo = await home.repo({ 'a.txt': 'one\n' });
});
afterEach(() => home.remove());

/** A plan of one command, as the arguments that hand it in. */
const planOf = async (name: string, script: string): Promise<string[]> => {
  const file = join(home.folder, `${name}.json`);
  const task = { key: name, title: name, redBefore: 'not_needed', run: ['sh', '-c', script] };
  await writeFile(file, JSON.stringify({ version: 1, checks: ['true'], tasks: [task] }));
  return ['run', name, '--repo', repo, '--plan', file];
};

/** The front desk of what runs on the home, for looking often. */
const deskOf = async (): Promise<Desk> => {
  const { url } = JSON.parse(await readFile(join(home.home, 'run.json'), 'utf8')) as { url: string };
  return createDeskClient({ url, token: (await readFile(join(home.home, 'token'), 'utf8')).trim() });
};

const settled = async (desk: Desk, id: string): Promise<Result> => {
  const isOver = async () => (await desk.workflow(id)).settledAt !== null;
  await until(`${id} is over`, isOver);
  return desk.workflow(id);
};

test('everything is stopped, one workflow stays paused across a restart, and a schedule that was made before fires once', async () => {
  const at = new Date(Date.now() + 10_000).toISOString();
  const made = await home.json<ScheduleSummary>(...(await planOf('later', 'echo three > a.txt')), '--at', at);
  expect(made).toMatchObject({ state: 'active', next: at, goal: 'later' });
  const first = await home.up();
  const told = await home.hive('pause', '--all', '--reason', 'moving house');
  expect([told.code, told.stdout]).toEqual([
    0,
    expect.stringMatching(/^Everything is paused by \S+ (now|\d+ s ago): moving house/),
  ]);
  let desk = await deskOf();
  const { workflow: id } = await home.json<Result>(...(await planOf('slow', 'sleep 2; echo two > a.txt')), '--detach');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect((await desk.trace(id)).map((event) => event.type)).not.toContain('task.claimed');
  await desk.resumeSystem();

  await until('the command runs', async () => (await desk.workflow(id)).tasks[0]?.status === 'working');
  expect((await desk.pause(id)).status).toBe('paused');
  await until('what ran has ended', async () => (await desk.workflow(id)).tasks[0]?.status === 'submitted');
  await first.stop();
  const second = await home.up();
  desk = await deskOf();
  const [task] = (await desk.workflow(id)).tasks;
  expect((await desk.task(task?.id ?? '')).waits).toMatchObject({
    because: 'paused',
    text: expect.stringContaining('Its workflow was paused by') as string,
  });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect((await desk.task(task?.id ?? '')).status).toBe('submitted');
  await desk.resume(id);
  expect(await settled(desk, id)).toMatchObject({ status: 'completed', merged: 1 });
  await until('the schedule is over', async () => (await desk.scheduled(made.id)).state === 'done');
  const { last } = await desk.scheduled(made.id);
  expect(last).toMatchObject({ tick: at, code: null });
  expect(await settled(desk, last?.workflowId ?? '')).toMatchObject({ status: 'completed', merged: 1 });
  expect((await desk.workflows()).items).toHaveLength(2);
  const verified = await home.hive('verify');
  expect([verified.code, verified.stdout]).toEqual([0, expect.not.stringMatching(/broken {2}/)]);
  await second.stop();
});

test('agents that are paused by their names claim nothing, also after a restart, and one that is resumed goes on alone', async () => {
  const first = await home.up();
  for (const agent of ['worker-1', 'worker-2'])
    expect((await home.hive('pause', '--agent', agent, '--drain', '--reason', 'a new disk')).code).toBe(0);
  let desk = await deskOf();
  const { workflow: id } = await home.json<Result>(...(await planOf('fast', 'echo two > a.txt')), '--detach');
  await until('its task waits', async () => (await desk.workflow(id)).tasks[0]?.status === 'ready');
  await first.stop();
  const second = await home.up();
  desk = await deskOf();
  const there = async () =>
    (await desk.agents()).filter(({ role, status }) => role === 'worker' && status === 'paused');
  await until('both are there, and paused', async () => (await there()).length === 2);
  const [task] = (await desk.workflow(id)).tasks;
  const { waits } = await desk.task(task?.id ?? '');
  expect(waits?.text).toMatch(/^worker-\d, which could take its work, was paused by .* \(a new disk\); hive resume/);
  const claims = async () =>
    (await desk.trace(id)).flatMap((event) =>
      event.type === 'task.claimed' && ['work', 'check'].includes(event.data.step) ? [event.data.agent] : [],
    );
  expect(await claims()).toEqual([]);
  expect((await home.hive('resume', '--agent', 'worker-2')).stdout).toContain('worker-2 takes steps again');
  await until('it works', async () => (await claims()).length > 0);
  // A check by the author alone waits for somebody else for as long as there is somebody; worker-1 is there, and takes nothing.
  expect(await settled(desk, id)).toMatchObject({ status: 'completed', merged: 1 });
  expect(new Set(await claims())).toEqual(new Set(['worker-2']));
  const verified = await home.hive('verify');
  expect([verified.code, verified.stdout]).toEqual([0, expect.not.stringMatching(/broken {2}/)]);
  await second.stop();
});
