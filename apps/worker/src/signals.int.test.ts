import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createRepo, openHouse, type House, type TestRepo } from '@hive/agent-kit/testing';
import { streams, type PlannedTask } from '@hive/events';
import { afterEach, beforeEach, expect, test } from 'vitest';

let house: House;
let repo: TestRepo;
let workers: ChildProcess[] = [];

beforeEach(async () => {
  house = await openHouse();
  repo = createRepo(house.folder, { 'a.txt': 'one\n' });
});
afterEach(async () => {
  for (const worker of workers) worker.kill('SIGKILL');
  workers = [];
  await house.close();
});

/** A worker as a process of its own. */
const startWorker = (name: string) => {
  const env = { PATH: process.env['PATH'], HOME: house.folder, HIVE_HOME: house.config.home, HIVE_AGENT_NAME: name };
  const worker = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { env, stdio: 'ignore' });
  workers.push(worker);
  const exited = new Promise<number | null>((resolve) => worker.once('exit', resolve));
  return { signal: (signal: NodeJS.Signals) => worker.kill(signal), exited };
};

/** A task whose command starts this shell text, in the hand of whoever claims it. */
const given = async (script: string): Promise<string> => {
  const run: Partial<PlannedTask> = { author: 'tool', kind: 'command', run: ['sh', '-c', script] };
  const [taskId = ''] = await house.begin({ repo: repo.root, base: repo.base }, run);
  await house.enqueue(taskId, 'work');
  return taskId;
};

/** The processes that belong to a task's command, by a text in their command line. */
const running = (mark: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').includes(mark);
      } catch {
        return false;
      }
    })
    .map(Number);

const until = (holds: () => boolean | Promise<boolean>, timeout: number) =>
  expect.poll(holds, { timeout, interval: 50 }).toBe(true);

const typesOf = async (taskId: string) => (await house.events(streams.task(taskId))).map((event) => event.type);

// A number of seconds that no other process sleeps for tells the processes of a test apart.
const mark = () => `3${process.pid}${Math.floor(Math.random() * 1000)}`;

test('a cancelled task is noticed by its worker while the command runs, and its whole process tree is gone', async () => {
  const own = mark();
  startWorker('worker-1');
  const taskId = await given(`sleep ${own} & setsid sleep ${own} & (sleep ${own}; true) & wait`);
  await until(() => running(own).length === 3, 60_000);
  await house.tell(taskId, { type: 'task.cancelled', stream: streams.task(taskId), data: { taskId } });
  await until(() => running(own).length === 0, 60_000);
  // The worker goes on with other work.
  const next = await given('echo two > a.txt');
  await until(async () => (await house.view(next)).state === 'submitted', 60_000);
  expect((await house.view(taskId)).state).toBe('cancelled');
  expect(await house.broken()).toEqual([]);
});

test('the first signal lets end what is in hand and claims nothing more', async () => {
  const own = mark();
  const worker = startWorker('worker-1');
  const first = await given(`sleep 2.${own}; echo two > a.txt`);
  const second = await given('echo three > a.txt');
  await until(() => running(`2.${own}`).length > 0, 60_000);
  worker.signal('SIGTERM');
  expect(await worker.exited).toBe(0);
  expect((await house.view(first)).state).toBe('submitted');
  expect((await house.view(second)).state).toBe('ready');
  expect(await typesOf(second)).not.toContain('task.claimed');
});

test('the second signal hands back now, it costs no attempt and no rescue, and nothing of the command is left', async () => {
  const own = mark();
  const worker = startWorker('worker-1');
  const taskId = await given(`sleep ${own}`);
  await until(() => running(own).length > 0, 60_000);
  worker.signal('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(running(own)).not.toEqual([]);
  worker.signal('SIGTERM');
  expect(await worker.exited).toBe(0);
  expect(running(own)).toEqual([]);
  expect(await house.view(taskId)).toMatchObject({ state: 'ready', attempts: 0, rescues: 0 });
  expect((await typesOf(taskId)).at(-1)).toBe('task.snoozed');
  const claims = async () => (await typesOf(taskId)).filter((type) => type === 'task.claimed').length;
  startWorker('worker-2');
  await until(async () => (await claims()) === 2, 60_000);
});
