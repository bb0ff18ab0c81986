import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Code } from '@hive/errors';
import { failpoint } from '@hive/failpoints';
import type { Artefacts, RunResult } from '../port.ts';
import { commandEnv, commandPath, splitPath, type Env } from './environment.ts';
import { findProgram, notFound } from './find-program.ts';
import { endMarked, type Groups } from './groups.ts';
import { tailOf } from './output.ts';
import { giveTo } from './reach.ts';
import type { Sandbox } from './sandbox.ts';
import { spawnGroup, type Ended } from './spawn-group.ts';

/** What running a command needs of its surroundings; one per process. */
export type Surroundings = {
  readonly env: Env;
  /** Where tools in the user's home keep what they need to start. */
  readonly tools: Readonly<Record<string, string>>;
  readonly sandbox: Sandbox;
  readonly groups: Groups;
  readonly incarnation: string;
  readonly artefacts: Artefacts;
};

/** One command and where it runs. `scratch` is a folder outside of the worktree for HOME and TMPDIR. */
export type Command = {
  readonly argv: readonly string[];
  readonly worktree: string;
  readonly scratch: string;
  /** HOME that outlives the command (a setup's); else a fresh one. */
  readonly home?: string;
  readonly readOnly: readonly string[];
  readonly extra: Readonly<Record<string, string>>;
  readonly passEnv: readonly string[];
  readonly network: 'none' | 'open';
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

/** Runs one command in a worktree. A red exit is an answer, and so is an infra failure; an abort is thrown. */
export const runCommand = async (around: Surroundings, command: Command): Promise<RunResult> => {
  const { sandbox } = around;
  const { kept, withheld } = splitPath(around.env['PATH']);
  const [name = ''] = command.argv;
  command.signal.throwIfAborted();
  const program = await findProgram(name, commandPath(command.worktree, kept), command.worktree);
  if (!program) return stopped(around, 'check.not_found', await notFound(name, withheld));

  const home = command.home ?? join(command.scratch, 'home');
  const tmp = join(command.scratch, 'tmp');
  const fresh = command.home === undefined ? [home, tmp] : [tmp];
  for (const folder of fresh) await rm(folder, { recursive: true, force: true });
  for (const folder of [home, tmp]) await mkdir(folder, { recursive: true });
  if (sandbox.owner) for (const folder of [command.worktree, home, tmp]) await giveTo(folder, sandbox.owner);

  const mark = `${around.incarnation}.${randomBytes(8).toString('hex')}`;
  const env = commandEnv({
    source: around.env,
    path: kept,
    worktree: command.worktree,
    home: command.home === undefined && sandbox.inside ? sandbox.inside.home : home,
    tmp: sandbox.inside?.tmp ?? tmp,
    passEnv: command.passEnv,
    network: command.network,
    extra: { ...around.tools, ...command.extra },
    mark,
  });
  const { file, args } = sandbox.wrap([program, ...command.argv.slice(1)], {
    worktree: command.worktree,
    network: command.network,
    readOnly: command.readOnly,
    ...(command.home !== undefined && { writable: [command.home] }),
    env,
  });
  let forget = () => {};
  const ended = await spawnGroup({
    file,
    args,
    cwd: command.worktree,
    env,
    ...(sandbox.owner && { owner: sandbox.owner }),
    timeoutMs: command.timeoutMs,
    signal: command.signal,
    onStart: (pgid) => (forget = around.groups.record(pgid)),
  });
  // Inside of the sandbox nothing outlives its first process; outside, a daemon may have left the group.
  if (!sandbox.inside) await endMarked(mark);
  forget();
  await failpoint('sandbox.reaped');
  if (ended.by === 'abort') command.signal.throwIfAborted();
  const log = await around.artefacts.put(ended.output);
  return {
    exit: exitOf(ended),
    ms: ended.ms,
    ...infraOf(ended, name, command.timeoutMs),
    log,
    tail: tailOf(ended.output),
  };
};

const stopped = async (around: Surroundings, infra: Code, reason: string): Promise<RunResult> => ({
  exit: null,
  ms: 0,
  infra,
  reason,
  log: await around.artefacts.put(`${reason}\n`),
  tail: reason,
});

const signals: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};

const exitOf = (ended: Ended): number | null => {
  if (ended.by !== 'itself') return null;
  return ended.exit ?? (ended.killedBy ? 128 + (signals[ended.killedBy] ?? 0) : null);
};

/** What the environment did to a command; nothing when it ended by itself, red or green. */
const infraOf = (ended: Ended, name: string, timeoutMs: number): { infra?: Code; reason?: string } => {
  if (ended.failed)
    return {
      infra: 'check.not_found',
      reason:
        ended.failed.code === 'ENOENT'
          ? `${name} could not be started: the interpreter in its first line does not exist`
          : `${name} could not be started: ${ended.failed.message}`,
    };
  if (ended.by === 'time limit')
    return {
      infra: 'check.timeout',
      reason: `${name} did not end within ${Math.round(timeoutMs / 100) / 10} s and was stopped`,
    };
  const exit = exitOf(ended);
  if (exit === 137)
    return {
      infra: 'infra.oom',
      reason: `${name} was killed (SIGKILL), most likely because the machine ran out of memory`,
    };
  if (exit !== 0 && /ENOSPC|No space left on device|Disk quota exceeded/.test(tailOf(ended.output)))
    return { infra: 'infra.disk', reason: `${name} could not write: no space left on the disk` };
  return {};
};
