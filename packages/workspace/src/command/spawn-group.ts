import { spawn, type StdioOptions } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { failpointSync } from '@hive/failpoints';
import type { Owner } from '../git/git.ts';
import { gated } from './limits/gate.ts';
import { breachOf, floodFactor, type Breach, type CommandLimits, type Met } from './limits/limits.ts';
import { createOutput } from './output.ts';

/** A program with its whole environment. It becomes the leader of a process group of its own. */
export type Program = {
  readonly file: string;
  readonly args: readonly string[];
  /** Files that are open for it as 3, 4, … */
  readonly open?: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly owner?: Owner;
  readonly limits: CommandLimits;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /**
   * Called with the group's id when the program stands at its gate; it begins, and its time with it, when this has ended. `meet` ends it for a limit. An
   * error ends it as well.
   */
  readonly onStart: (pgid: number, meet: (met: Met) => void) => Promise<void>;
  /** Called when the leader has ended: what it left behind may hold the streams open. */
  readonly onExit: () => void;
};

/** How a group ended: by itself, or ended by Hive. `failed` is set when the program could not be started. */
export type Ended = {
  readonly by: 'itself' | 'time limit' | 'abort' | 'limit';
  readonly breach: Breach | null;
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
    let started = performance.now();
    const { limits } = program;
    const output = createOutput(limits.outputBytes);
    let by: Ended['by'] = 'itself';
    let breach: Breach | null = null;
    let failed: NodeJS.ErrnoException | null = null;
    let grace: NodeJS.Timeout | undefined;
    const child = spawnGated(program);
    const { pid } = child;
    const stop = (why: Ended['by']) => {
      if (by !== 'itself' || pid === undefined) return;
      by = why;
      // Whoever takes too much is given no time to take more.
      signalGroup(pid, why === 'limit' ? 'SIGKILL' : 'SIGTERM');
      grace = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
    };
    const meet = (met: Met) => {
      breach ??= breachOf(met, limits);
      stop('limit');
    };
    const onAbort = () => stop('abort');
    let limit: NodeJS.Timeout | undefined;
    const begin = async (pgid: number): Promise<void> => {
      try {
        await program.onStart(pgid, meet);
        failpointSync('sandbox.spawned');
        started = performance.now();
        limit = setTimeout(() => stop('time limit'), program.timeoutMs);
        child.stdin.end('go\n');
      } catch (error) {
        failed ??= error as NodeJS.ErrnoException;
        signalGroup(pgid, 'SIGKILL');
      }
    };
    program.signal.addEventListener('abort', onAbort, { once: true });
    if (program.signal.aborted) onAbort();
    const add = (chunk: Buffer) => {
      if (output.add(chunk) > floodFactor * limits.outputBytes) meet('outputBytes');
    };
    child.stdout.on('data', add);
    child.stderr.on('data', add);
    // The gate may be dead before it is opened.
    child.stdin.on('error', () => undefined);

    let exit: number | null = null;
    let killedBy: NodeJS.Signals | null = null;
    const finish = async () => {
      const ms = Math.round(performance.now() - started);
      // What ended at its gate may still be made ready for.
      await begun;
      clearTimeout(limit);
      clearTimeout(grace);
      program.signal.removeEventListener('abort', onAbort);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({
        by,
        breach,
        exit,
        killedBy,
        failed,
        output: output.bytes(),
        ms,
      });
    };
    child.on('error', (error) => {
      failed = error;
      if (pid === undefined) void finish();
    });
    child.on('exit', (code, signal) => {
      exit = code;
      killedBy = signal;
      // Whatever it started in the background must not outlive it, and holds the streams open.
      if (pid !== undefined) signalGroup(pid, 'SIGKILL');
      program.onExit();
      const late = setTimeout(() => void finish(), 1000);
      child.on('close', () => {
        clearTimeout(late);
        void finish();
      });
    });
    const begun = pid === undefined ? undefined : begin(pid);
  });

const spawnGated = (program: Program) => {
  const files = (program.open ?? []).map((path) => openSync(path, 'r'));
  try {
    const { file, args } = gated(program, program.limits);
    const stdio = ['pipe', 'pipe', 'pipe', ...files] as const satisfies StdioOptions;
    return spawn(file, args, {
      cwd: program.cwd,
      env: program.env,
      stdio: stdio as unknown as ['pipe', 'pipe', 'pipe'],
      detached: true,
      ...program.owner,
    });
  } finally {
    files.forEach(closeSync);
  }
};
