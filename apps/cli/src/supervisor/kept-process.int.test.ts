import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { keepRunning, type Death, type KeptProcess, type Told } from './kept-process.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hive-kept-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
});

/** A program that says that it has started, with its pid as incarnation. */
const program = (rest: string): string => {
  const path = join(dir, 'program.mjs');
  writeFileSync(
    path,
    `${rest}\nprocess.send({ type: 'started', incarnation: String(process.pid) });\nsetInterval(() => {}, 1000);`,
  );
  return path;
};

const keep = (entry: string, silentMs?: number) => {
  const told: Told[] = [];
  const deaths: Death[] = [];
  const kept: KeptProcess = keepRunning({
    name: 'worker-1',
    entry,
    env: process.env,
    cwd: dir,
    log: join(dir, 'worker-1.log'),
    onTold: (message) => told.push(message),
    onDeath: (death) => deaths.push(death),
    ...(silentMs !== undefined && { silentMs }),
  });
  onTestFinished(async () => void (await kept.stop(0)));
  return { kept, told, deaths };
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a process that is killed is started again, and its death is told', async () => {
  const { kept, told, deaths } = keep(program(''));
  await expect.poll(() => told.length).toBe(1);
  const first = kept.pid() ?? 0;
  process.kill(first, 'SIGKILL');
  await expect.poll(() => told.length).toBe(2);
  expect(deaths).toEqual([
    expect.objectContaining({ signal: 'SIGKILL', incarnation: String(first), isLooping: false }),
  ]);
  expect(kept.pid()).not.toBe(first);
});

test('one that is stuck is killed and started again; one that says something now and then is left alone', async () => {
  const alive = "setInterval(() => process.send({ type: 'alive' }), 50);";
  const { kept, told, deaths } = keep(program(alive), 3000);
  await expect.poll(() => told.length).toBeGreaterThan(20);
  expect(deaths).toEqual([]);
  process.kill(kept.pid() ?? 0, 'SIGSTOP');
  await expect.poll(() => deaths).toEqual([expect.objectContaining({ wasSilent: true })]);
});

test('a process that is asked to drain ends by itself and is not started again', async () => {
  const { kept, told, deaths } = keep(program("process.on('SIGTERM', () => process.exit(0));"));
  await expect.poll(() => told.length).toBe(1);
  const pid = kept.pid() ?? 0;
  expect(await kept.stop(5000)).toBeNull();
  expect(isAlive(pid)).toBe(false);
  expect(deaths).toEqual([]);
});

test('one that does not drain is killed, and who it was is told', async () => {
  const { kept, told } = keep(program("process.on('SIGTERM', () => {});"));
  await expect.poll(() => told.length).toBe(1);
  const pid = kept.pid() ?? 0;
  expect(await kept.stop(100)).toBe(String(pid));
  expect(isAlive(pid)).toBe(false);
});
