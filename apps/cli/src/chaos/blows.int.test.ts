import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { killChildren, wake } from './blows.ts';

/** Does nothing for a moment, as a process on a busy machine that has told of its hit, then stops itself. */
const late = (before: string) => {
  const started = spawn('/bin/sh', ['-c', `${before} sleep 0.2; kill -STOP $$; echo awake`]);
  let said = '';
  started.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const ended = new Promise<string>((resolve) => started.once('close', () => resolve(said)));
  return { pid: started.pid ?? 0, ended };
};

test('a process that stops only after it was to be woken does not sleep for ever', async () => {
  const { pid, ended } = late('');
  await wake(pid);
  expect(await ended).toBe('awake\n');
});

test('its children are killed once it has stopped, and it goes on', async () => {
  const { pid, ended } = late('sleep 60 &');
  await killChildren(pid);
  expect(await ended).toBe('awake\n'); // the pipe closes when nobody holds it any more
});
