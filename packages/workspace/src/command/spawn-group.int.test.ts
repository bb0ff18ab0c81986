import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { statOf } from '../git/process-id.ts';
import { calm, tempFolder } from '../testing.ts';
import { endMarked } from './groups.ts';
import { tightLimits } from './probes/exhaust.ts';
import { spawnGroup, type Program } from './spawn-group.ts';

const program = (cwd: string, onStart: Program['onStart'], signal = calm): Program => ({
  file: '/bin/sh',
  args: ['-c', ': > begun'],
  cwd,
  env: {},
  limits: tightLimits,
  timeoutMs: 60_000,
  signal,
  onStart,
  onExit: () => undefined,
});

test('a program begins when all is ready for it, and not before', async () => {
  const cwd = tempFolder();
  let early: boolean | undefined;
  const ended = await spawnGroup(
    program(cwd, async () => {
      // As long as a shell needs many times over; whatever is not held at the gate has begun by then.
      await delay(500);
      early = existsSync(join(cwd, 'begun'));
    }),
  );
  expect([early, existsSync(join(cwd, 'begun')), ended.exit]).toEqual([false, true, 0]);
});

test('what is ended at its gate is told when nothing is made ready for it any more', async () => {
  const cwd = tempFolder();
  const abort = new AbortController();
  let isReady = false;
  const ended = await spawnGroup(
    program(
      cwd,
      async () => {
        abort.abort();
        await delay(500);
        isReady = true;
      },
      abort.signal,
    ),
  );
  expect([ended.by, isReady, existsSync(join(cwd, 'begun'))]).toEqual(['abort', true, false]);
});

test('what cannot be made ready does not begin', async () => {
  const cwd = tempFolder();
  const ended = await spawnGroup(program(cwd, () => Promise.reject(new Error('no room'))));
  expect([ended.failed?.message, existsSync(join(cwd, 'begun'))]).toEqual(['no room', false]);
});

test.runIf(existsSync('/proc/self/stat'))('only what began with the command or after it is looked for', async () => {
  const mark = `spawn-group-${process.pid}.1`;
  const child = spawn('sleep', ['60'], { env: { PATH: process.env['PATH'], HIVE_STEP_GROUP: mark } });
  const exit = once(child, 'exit');
  await once(child, 'spawn');
  const { start = '' } = statOf(child.pid ?? 0) ?? {};
  await endMarked(mark, String(Number(start) + 1));
  expect(statOf(child.pid ?? 0)?.start).toBe(start);
  await endMarked(mark, start);
  expect((await exit)[1]).toBe('SIGKILL');
});
