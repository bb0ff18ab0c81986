import { spawn } from 'node:child_process';
import { failpointSync } from '@hive/failpoints';
import type { Owner } from '../git/git.ts';
import { createOutput } from './output.ts';

/** A program with its whole environment. It becomes the leader of a process group of its own. */
export type Program = {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly owner?: Owner;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Called with the group's id as soon as it exists. */
  readonly onStart: (pgid: number) => void;
};

/** How a group ended: by itself, or ended by Hive. `failed` is set when the program could not be started. */
export type Ended = {
  readonly by: 'itself' | 'time limit' | 'abort';
  readonly exit: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly failed: NodeJS.ErrnoException | null;
  readonly output: Buffer;
  readonly ms: number;
};

/** Between SIGTERM and SIGKILL. */
const graceMs = 2000;

/** Ends a group: false when there is none. */
export const signalGroup = (pgid: number, signal: NodeJS.Signals): boolean => {
  try {
    process.kill(-pgid, signal);
    return true;
  } catch {
    return false;
  }
};

/** Runs a program to its end or to its limit, and ends what it leaves in its group. Output of both streams is one log. */
export const spawnGroup = (program: Program): Promise<Ended> =>
  new Promise((resolve) => {
    const started = performance.now();
    const output = createOutput();
    let by: Ended['by'] = 'itself';
    let failed: NodeJS.ErrnoException | null = null;
    let grace: NodeJS.Timeout | undefined;
    const child = spawn(program.file, program.args, {
      cwd: program.cwd,
      env: program.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      ...program.owner,
    });
    const { pid } = child;
    if (pid !== undefined) program.onStart(pid);
    failpointSync('sandbox.spawned');
    const stop = (why: Ended['by']) => {
      if (by !== 'itself' || pid === undefined) return;
      by = why;
      signalGroup(pid, 'SIGTERM');
      grace = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
    };
    const onAbort = () => stop('abort');
    const limit = setTimeout(() => stop('time limit'), program.timeoutMs);
    program.signal.addEventListener('abort', onAbort, { once: true });
    if (program.signal.aborted) onAbort();
    child.stdout.on('data', output.add);
    child.stderr.on('data', output.add);

    let exit: number | null = null;
    let killedBy: NodeJS.Signals | null = null;
    const finish = () => {
      clearTimeout(limit);
      clearTimeout(grace);
      program.signal.removeEventListener('abort', onAbort);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ by, exit, killedBy, failed, output: output.bytes(), ms: Math.round(performance.now() - started) });
    };
    child.on('error', (error) => {
      failed = error;
      if (pid === undefined) finish();
    });
    child.on('exit', (code, signal) => {
      exit = code;
      killedBy = signal;
      // Whatever it started in the background must not outlive it, and holds the streams open.
      if (pid !== undefined) signalGroup(pid, 'SIGKILL');
      const late = setTimeout(finish, 1000);
      child.on('close', () => {
        clearTimeout(late);
        finish();
      });
    });
  });
