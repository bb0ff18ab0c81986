import { HiveError } from '@hive/errors';
import { expect, test } from 'vitest';
import { tellFailure } from './failure.ts';
import { createOutput } from './terminal/output.ts';

const telling = (error: unknown, options: { json?: boolean; debug?: boolean; folders?: string[] } = {}) => {
  const written = { stdout: '', stderr: '' };
  const into = (name: 'stdout' | 'stderr') => ({
    isTTY: false as const,
    columns: 80,
    write: (text: string | Uint8Array) => ((written[name] += String(text)), true),
  });
  // Only what an output uses of a stream.
  const streams = { stdout: into('stdout'), stderr: into('stderr') } as unknown as Parameters<typeof createOutput>[0];
  const out = createOutput(streams, { json: options.json ?? false, noColour: true });
  return { code: tellFailure(error, out, { debug: false, ...options }), ...written };
};

test.each([
  ['input.invalid', 2],
  ['plan.invalid', 2],
  ['evidence.no_checks', 2],
  ['hive.unreachable', 69],
  ['hive.running', 78],
  ['port.in_use', 78],
  ['model.missing', 78],
] as const)('%s ends with %i and one sentence on stderr', (code, exit) => {
  expect(telling(new HiveError(code, 'It is so; do that'))).toEqual({
    code: exit,
    stdout: '',
    stderr: 'It is so; do that\n',
  });
});

test('with --json the error is the only document', () => {
  const { stdout, stderr } = telling(
    new HiveError('port.in_use', 'Taken', { remedy: 'fix_config', details: { port: 1 } }),
    { json: true },
  );
  expect(JSON.parse(stdout)).toEqual({
    error: { code: 'port.in_use', message: 'Taken', remedy: 'fix_config', details: { port: 1 } },
  });
  expect(stderr).toBe('');
});

test('a bug shows no stack unless it is asked for', () => {
  const bug = new TypeError('x is not a function');
  expect(telling(bug)).toMatchObject({ code: 1, stderr: expect.not.stringContaining('failure.test.ts') });
  expect(telling(bug, { debug: true }).stderr).toContain('failure.test.ts');
});

test('a file that the system keeps closed is the environment', () => {
  const closed = Object.assign(new Error('EACCES'), { code: 'EACCES', path: '/h/run' });
  expect(telling(closed)).toMatchObject({ code: 78, stderr: expect.stringContaining('/h/run is closed to this user') });
});

const full = (more: object) => Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', ...more });
test.each([
  [full({ path: '/h/a' }), 'The disk is full at /h/a; make room and try again\n'],
  [full({ path: '12 345', dest: '/h/run/gc.lock' }), 'The disk is full at /h/run/gc.lock; make room and try again\n'],
  // A write says only which file descriptor it was; nothing is ever free in /proc.
  [full({}), 'The disk is full at /proc; make room and try again\n'],
])('a full disk is named', (error, stderr) => {
  expect(telling(error, { folders: ['/nowhere', import.meta.dirname, '/proc'] })).toMatchObject({ code: 78, stderr });
});

test('a message cannot move the cursor', () => {
  expect(telling(new HiveError('input.invalid', 'no \u001b[2J such')).stderr).toBe('no \\x1b[2J such\n');
});
