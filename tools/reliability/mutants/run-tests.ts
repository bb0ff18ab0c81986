import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Planted } from './harness/plant.ts';
import type { Ended } from './harness/vitest.ts';

export const root = join(import.meta.dirname, '../../..');

/** Where programs keep their files, and where they get a PostgreSQL. */
export type Room = { readonly folder: string; readonly door: string };

const harness = join(import.meta.dirname, 'harness');
const limitMs = 240_000;

/** Runs tests of one file in a program of its own, with a bug planted in it or without. Answers how far it came. */
export const runTests = async (
  { folder, door }: Room,
  { file, titles, planted }: { readonly file: string; readonly titles: readonly string[]; readonly planted?: Planted },
): Promise<readonly Ended[]> => {
  const own = await mkdtemp(join(folder, 'run-'));
  const child = spawn(process.execPath, [join(harness, 'run-tests.ts'), join(root, file), ...titles], {
    cwd: root,
    detached: true, // what it leaves behind ends with it
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      TMPDIR: own,
      NODE_OPTIONS: `--import ${pathToFileURL(join(harness, 'plant.ts')).href}`,
      NODE_COMPILE_CACHE: join(folder, 'cache'),
      HIVE_POSTGRES_DOOR: door,
      ...(planted && { HIVE_PLANTED: JSON.stringify(planted) }),
    },
  });
  let [said, told] = ['', ''];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Buffer) => (said += bytes.toString()));
  child.stdio[3]?.on('data', (bytes: Buffer) => (told += bytes.toString()));
  const group = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The whole group has ended by itself.
    }
  };
  const late = setTimeout(group, limitMs);
  await new Promise((ended) => child.once('exit', ended));
  clearTimeout(late);
  group();
  endIn(own);
  await rm(own, { recursive: true, force: true, maxRetries: 3 });
  const ended = told
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Ended);
  const missing = titles.filter((title) => !ended.some((it) => it.asked === title));
  const text = `the program ended before: ${said.trim().split('\n').slice(-12).join(' ')}`;
  return [...ended, ...missing.map((asked) => ({ asked, error: { by: 'error' as const, text } }))];
};

/** Ends what has left the group of its program and still works in its folder: a bug may be that nobody else does. */
const endIn = (folder: string): void => {
  const pids = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  for (const pid of pids)
    try {
      if (readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended meanwhile, or belongs to somebody else.
    }
};
