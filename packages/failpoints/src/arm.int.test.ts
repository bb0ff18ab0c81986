import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { armFailpoints, disarmFailpoints, type Hit } from './arm.ts';
import { failpoint, failpointSync } from './failpoint.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hive-failpoints-'));
});
afterEach(() => {
  disarmFailpoints();
  rmSync(folder, { recursive: true });
});

const hits = (): Hit[] =>
  readFileSync(join(folder, 'log'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Hit);

test('nothing happens unless it is armed', () => {
  expect(failpoint('claim.before')).toBeUndefined();
  failpointSync('claim.before');
});

test('an order is carried out at its hit and at no other', async () => {
  armFailpoints({ failpoints: 'claim.before=throw@2;claim.committed=enospc', failpointLog: null }, 'worker-1');
  await failpoint('claim.before');
  await expect(failpoint('claim.before')).rejects.toThrow('claim.before');
  await failpoint('claim.before');
  expect(() => failpointSync('claim.committed')).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
});

test('a running process takes new orders from its folder once, and counts anew', async () => {
  armFailpoints({ failpoints: `@${folder}`, failpointLog: join(folder, 'log') }, 'worker-1');
  await failpoint('claim.before');
  writeFileSync(join(folder, 'worker-1'), 'claim.before=throw@2');
  writeFileSync(join(folder, 'worker-2'), 'claim.before=throw@1');
  await failpoint('claim.before');
  await expect(failpoint('claim.before')).rejects.toThrow();
  await failpoint('claim.before');
  await failpoint('claim.before');
  expect(hits().map(({ hit, did }) => [hit, did])).toEqual([
    [1, null],
    [1, null],
    [2, 'claim.before=throw@2'],
    [1, null],
    [2, null],
  ]);
});

const child = (orders: string) => {
  const door = JSON.stringify(new URL('./index.ts', import.meta.url).href);
  const text = `
    const { armFailpoints, failpoint } = await import(${door});
    armFailpoints(${JSON.stringify({ failpoints: orders, failpointLog: join(folder, 'log') })}, 'child');
    await failpoint('claim.before');
    process.stdout.write('after');`;
  const started = spawn(process.execPath, ['--input-type=module', '--eval', text]);
  let said = '';
  started.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const ended = new Promise<[number | null, string | null]>((resolve) =>
    started.once('exit', (exit, signal) => resolve([exit, signal])),
  );
  return { pid: started.pid ?? 0, said: () => said, ended };
};

const stateOf = (pid: number): string => /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '';

test('kill ends the process at once, after it has told', async () => {
  const { ended, said, pid } = child('claim.before=kill');
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(said()).toBe('');
  expect(hits()).toEqual([{ process: 'child', pid, name: 'claim.before', hit: 1, did: 'claim.before=kill@1' }]);
});

test('stop stops the process where it is, and SIGCONT lets it go on', async () => {
  const { ended, said, pid } = child('claim.before=stop');
  await expect.poll(() => stateOf(pid)).toBe('T');
  expect(said()).toBe('');
  process.kill(pid, 'SIGCONT');
  expect(await ended).toEqual([0, null]);
  expect(said()).toBe('after');
});
