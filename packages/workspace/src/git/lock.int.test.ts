import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { tempFolder } from '../testing.ts';
import { withLock } from './lock.ts';
import { identityOf, isAlive } from './process-id.ts';

test('only one holds it at a time, and it is free again after an error', async () => {
  const lock = join(tempFolder(), 'deep', 'x.lock');
  let inside = 0;
  let most = 0;
  const hold = () =>
    withLock(lock, async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside--;
    });
  await Promise.all(Array.from({ length: 8 }, hold));
  expect(most).toBe(1);
  await expect(withLock(lock, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
  await hold();
  expect(readdirSync(dirname(lock))).toEqual([]);
});

test('a lock is taken from a process that is gone, however young, and never from one that runs, however old', async () => {
  const lock = join(tempFolder(), 'x.lock');
  const other = spawn('sleep', ['60']);
  await once(other, 'spawn');
  const identity = identityOf(other.pid ?? 0);
  expect(isAlive(identity)).toBe(true);
  symlinkSync(identity, lock);
  await expect(withLock(lock, () => Promise.resolve('taken'), AbortSignal.timeout(150))).rejects.toThrow();
  expect(readlinkSync(lock)).toBe(identity);
  other.kill('SIGKILL');
  await once(other, 'exit');
  expect(isAlive(identity)).toBe(false);
  // Nobody is waited for, so that it is no matter how long one would wait.
  expect(await withLock(lock, () => Promise.resolve('taken'), AbortSignal.abort())).toBe('taken');
  writeFileSync(lock, identity); // as older versions did
  const results = await Promise.all([1, 2, 3].map((number) => withLock(lock, () => Promise.resolve(number))));
  expect(results).toEqual([1, 2, 3]);
});

test('a pid that was given to another process is not its owner', async () => {
  const lock = join(tempFolder(), 'x.lock');
  const [pid, , boot] = identityOf(process.pid).split(' ');
  symlinkSync(`${pid} 1 ${boot}`, lock);
  expect(await withLock(lock, () => Promise.resolve('taken'), AbortSignal.timeout(2000))).toBe('taken');
});
