import { expect, test } from 'vitest';
import { endingOf, type Circumstances } from './ending.ts';
import { breachOf, defaultLimits } from './limits/limits.ts';
import type { Ended } from './spawn-group.ts';

const ended = (more: Partial<Ended>): Ended => ({
  by: 'itself',
  breach: null,
  exit: 1,
  killedBy: null,
  failed: null,
  output: Buffer.from(''),
  ms: 5,
  ...more,
});
const told = (
  { output, ...more }: Partial<Omit<Ended, 'output'>> & { output?: string },
  {
    counted,
    ...around
  }: Partial<Omit<Circumstances, 'counted'>> & { counted?: Partial<Circumstances['counted']> } = {},
) =>
  endingOf(ended({ ...more, ...(output !== undefined && { output: Buffer.from(output) }) }), {
    name: 'npm',
    timeoutMs: 1500,
    limits: defaultLimits,
    kills: 0,
    refusesSilently: false,
    engine: null,
    ...around,
    counted: { killed: 0, refused: 0, ...counted },
  });

test('green and red stay what they are, whatever a red one prints or the machine does', () => {
  expect(told({ exit: 0, output: 'File too large; No space left on device' })).toEqual({ exit: 0 });
  expect(told({ exit: 0 }, { counted: { refused: 3 }, kills: 2 })).toEqual({ exit: 0 });
  expect(told({ output: 'Cannot fork' })).toEqual({ exit: 1 });
  expect(told({ output: 'Error: connect EAGAIN' }, { refusesSilently: true })).toEqual({ exit: 1 });
  expect(told({ exit: null, killedBy: 'SIGSEGV' })).toEqual({ exit: 139 });
});

test('a process of the command that the kernel killed at its limit is never red, nor green', () => {
  const says =
    'npm needed more than 4 GB of memory, the limit of one command (hive.sandbox.limits.memoryGb), and was stopped';
  for (const exit of [0, 1, 137])
    expect(told({ exit }, { counted: { killed: 1 } })).toEqual({ exit, infra: 'infra.oom', reason: says });
  expect(told({ by: 'limit', exit: null, breach: breachOf('memoryBytes', defaultLimits) })).toEqual({
    exit: null,
    infra: 'infra.oom',
    reason: says,
  });
});

test('what the kernel refuses is a limit with its number', () => {
  expect(told({ exit: 153 })).toMatchObject({ infra: 'infra.disk', reason: expect.stringContaining('4 GB') as string });
  expect(told({ output: 'OSError: [Errno 27] File too large' })).toMatchObject({ infra: 'infra.disk' });
  expect(told({ exit: 152 })).toMatchObject({
    infra: 'infra.limit',
    reason: expect.stringContaining('60 min') as string,
  });
  const many = { infra: 'infra.limit', reason: expect.stringContaining('512 processes') as string };
  expect(told({}, { counted: { refused: 1 } })).toMatchObject(many);
  for (const output of [
    'sh: 0: Cannot fork',
    'Error: spawn /bin/true EAGAIN',
    'OSError: fork: Resource temporarily unavailable',
  ])
    expect(told({ output }, { refusesSilently: true })).toMatchObject(many);
});

test('what an engine of containers could not start is not red, and an exit of the command is', () => {
  const output = 'docker: Error response: exec: "npm": executable file not found in $PATH';
  expect(told({ exit: 127, output }, { engine: 'docker' })).toMatchObject({ infra: 'check.not_found' });
  expect(told({ exit: 125, output: 'no such image' }, { engine: 'podman' })).toMatchObject({
    infra: 'check.not_found',
  });
  expect(told({ exit: 127, output: 'sh: jest: not found' }, { engine: 'podman' })).toEqual({ exit: 127 });
  expect(told({ exit: 125 })).toEqual({ exit: 125 });
});

test('death by SIGKILL is told apart: the machine had no memory left, or somebody else did it', () => {
  expect(told({ exit: 137 }, { kills: 1 }).reason).toContain('the machine ran out of memory');
  expect(told({ exit: 137 }).reason).toContain('neither by a limit of Hive nor');
  expect(told({ by: 'time limit', exit: null }, { counted: { refused: 1 } })).toMatchObject({
    exit: null,
    infra: 'check.timeout',
    reason: 'npm did not end within 1.5 s and was stopped',
  });
});
