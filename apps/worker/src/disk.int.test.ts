import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createRepo, openHouse, type House } from '@hive/agent-kit/testing';
import { streams } from '@hive/events';
import { afterEach, expect, test } from 'vitest';
import agent, { createWorker } from './agent.ts';

let house: House;
afterEach(() => house.close());

const yaml = 'hive: { sandbox: { mode: off, allowUnsandboxed: true }, disk: { floorGb: 5 } }';
const given = async (argv: string[]) => {
  const repo = createRepo(mkdtempSync(join(house.folder, 'of-')), { 'a.txt': 'one\n' });
  const checks = [{ name: 'check', argv: ['sh', '-c', '! grep -q bad a.txt'], source: 'given' as const }];
  const task = { run: argv, author: 'tool', kind: 'command' } as const;
  const [taskId = ''] = await house.begin({ repo: repo.root, base: repo.base, checks }, task);
  await house.enqueue(taskId, 'work', { maxAttempts: 1 });
  return taskId;
};
const state = async (taskId: string) => (await house.view(taskId)).state;
const kept = (taskId: string) => readdirSync(join(house.config.home, 'worktrees/kept', taskId, 'tree')).sort();

test('on a full disk a worker begins nothing, says so, and goes on when there is room', async () => {
  house = await openHouse({ yaml });
  const disk = { freeBytes: 4.9e9, totalBytes: 100e9 };
  const taskId = await given(['sh', '-c', 'echo two > a.txt']);
  await house.start(createWorker({ readSpace: () => Promise.resolve({ ...disk }) }), 'worker-1');
  await expect.poll(async () => (await house.events(streams.system)).length).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(await state(taskId)).toBe('ready');
  disk.freeBytes = 5.1e9;
  await expect.poll(() => state(taskId)).toBe('submitted');
});

test('the worktree of a command that failed is kept as the command left it', async () => {
  house = await openHouse();
  await house.start(agent);
  const taskId = await given(['sh', '-c', 'echo half > half.txt; exit 3']);
  const types = async () => (await house.events(streams.task(taskId))).map(({ type }) => type);
  await expect.poll(types).toContain('task.attempt_failed');
  expect(kept(taskId)).toEqual(['a.txt', 'half.txt']);
});

test('the worktree of a red check is kept, that of a green one is not', async () => {
  house = await openHouse();
  await house.start(agent);
  const good = await given(['sh', '-c', 'echo good > a.txt']);
  await expect.poll(() => state(good)).toBe('submitted');
  const bad = await given(['sh', '-c', 'echo bad > a.txt']);
  await expect.poll(() => state(bad)).toBe('submitted');
  for (const taskId of [good, bad]) {
    await house.enqueue(taskId, 'check');
    await expect.poll(() => state(taskId)).toBe('checked');
  }
  expect(readdirSync(join(house.config.home, 'worktrees/kept'))).toEqual([bad]);
  expect(kept(bad)).toEqual(['a.txt']);
});
