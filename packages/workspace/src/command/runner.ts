import { randomBytes } from 'node:crypto';
import { lchown, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Code } from '@hive/errors';
import { failpoint } from '@hive/failpoints';
import type { Artefacts, RunResult } from '../port.ts';
import { commandEnv, commandPath, splitPath, type Env } from './environment.ts';
import { textOf, type Grant } from '../egress/grants.ts';
import { nodeFor, type Exit } from '../egress/inside.ts';
import { openEgress } from '../egress/open-egress.ts';
import type { Owner } from '../git/git.ts';
import { statOf } from '../git/process-id.ts';
import { findProgram, lacksInterpreter, notFound } from './find-program.ts';
import { endMarked, type Groups } from './groups.ts';
import { holdGroup, type Limiter } from './limits/limiter.ts';
import { tailOf } from './output.ts';
import { endingOf, machineKills } from './ending.ts';
import { giveTo } from './reach.ts';
import { npmProxies } from './registries.ts';
import type { Sandbox } from './sandbox.ts';
import type { Spares } from '../setup-spares.ts';
import { spawnGroup } from './spawn-group.ts';

/** What running a command needs of its surroundings; one per process. */
export type Surroundings = {
  readonly home: string;
  /** The machine, as evidence names it. */
  readonly host: string;
  readonly env: Env;
  /** Where tools in the user's home keep what they need to start. */
  readonly tools: Readonly<Record<string, string>>;
  readonly sandbox: Sandbox;
  readonly limiter: Limiter;
  readonly groups: Groups;
  readonly incarnation: string;
  readonly artefacts: Artefacts;
  /** What worktrees leave to those that come after them. */
  readonly spares: Spares;
  /** Hosts that the user granted to the commands of a repository, by its folder. */
  readonly granted: (repo: string) => { readonly setup: readonly Grant[]; readonly checks: readonly Grant[] };
  /** What commands want besides can be asked for, so it has to become known; but for these, which a person has refused. */
  readonly asks?: { readonly refused: readonly string[] };
};

/** One command and where it runs. `scratch` is a folder outside of the worktree for HOME and TMPDIR. */
export type Command = {
  readonly argv: readonly string[];
  readonly worktree: string;
  readonly scratch: string;
  /** HOME that outlives the command (a setup's); else a fresh one. */
  readonly home?: string;
  readonly readOnly: readonly string[];
  /** Folders beside the worktree that it may write. */
  readonly writable?: readonly string[];
  readonly extra: Readonly<Record<string, string>>;
  readonly passEnv: readonly string[];
  /** Hosts: these in the sandbox, through Hive's proxy; all without one. */
  readonly network: 'none' | 'open' | readonly Grant[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

/** Runs one command in a worktree. A red exit is an answer, and so is an infra failure; an abort is thrown. */
export const runCommand = async (around: Surroundings, command: Command): Promise<RunResult> => {
  const { network, scratch } = command;
  const { sandbox, env } = around;
  if (network === 'none' && sandbox.inside) return { ...(await runWith(around, command, { network })), egress: [] };
  if (typeof network === 'string') return runWith(around, command, { network });
  if (!sandbox.inside) return runWith(around, command, { network: 'open', hosts: network.map(textOf) });
  const node = await nodeFor(around.home, sandbox.owner);
  const proxies = { ...(await npmProxies(env['HOME'])), ...env };
  const egress = await openEgress({ scratch, owner: sandbox.owner, grants: network, env: proxies });
  const ran = await runWith(around, command, { network: 'proxy', exit: { folder: egress.folder, node } }).catch(
    async (error: unknown) => {
      await egress.close();
      throw error;
    },
  );
  return { ...ran, egress: await egress.close() };
};

/** How a command reaches the network: not at all, as Hive does, or by the exit that was opened for it. */
type Way =
  | { readonly network: 'none' | 'open'; readonly hosts?: readonly string[] }
  | { readonly network: 'proxy'; readonly exit: Exit };

const runWith = async (around: Surroundings, command: Command, way: Way): Promise<RunResult> => {
  const { sandbox, limiter } = around;
  const { kept, withheld } = splitPath(around.env['PATH']);
  const [name = ''] = command.argv;
  command.signal.throwIfAborted();
  const isInside = sandbox.hasOwnPrograms && !name.includes('/');
  const program = isInside ? name : await findProgram(name, commandPath(command.worktree, kept), command.worktree);
  if (!program) return stopped(around, 'check.not_found', await notFound(name, withheld));
  if (!sandbox.hasOwnPrograms && (await lacksInterpreter(program)))
    return stopped(
      around,
      'check.not_found',
      `${name} could not be started: the interpreter in its first line does not exist`,
    );

  const home = command.home ?? join(command.scratch, 'home');
  const tmp = join(command.scratch, 'tmp');
  const { writable = [] } = command;
  // While the process starts that waits at the gate: all of it is done when that opens.
  const prepared = prepare([home, tmp], command, sandbox.owner);
  prepared.catch(() => undefined);

  const mark = `${around.incarnation}.${randomBytes(8).toString('hex')}`;
  const env = commandEnv({
    source: around.env,
    path: kept,
    worktree: command.worktree,
    home: command.home === undefined && sandbox.inside ? sandbox.inside.home : home,
    tmp: sandbox.inside?.tmp ?? tmp,
    passEnv: command.passEnv,
    network: way.network,
    extra: { ...around.tools, ...command.extra },
    mark,
  });
  const wrapped = sandbox.wrap([program, ...command.argv.slice(1)], {
    worktree: command.worktree,
    network: way.network === 'open' ? 'open' : 'none',
    ...(way.network === 'proxy' ? { exit: way.exit } : way.hosts && { hosts: way.hosts }),
    limits: limiter.limits,
    readOnly: command.readOnly,
    writable: command.home === undefined ? writable : [command.home, ...writable],
    env,
  });
  const held = holdGroup(limiter, {
    mark,
    isHeld: sandbox.holdsLimits,
    worktree: command.worktree,
    inMemory: sandbox.inside ? inMemory : [],
  });
  const kills = machineKills();
  const timeoutMs = Math.min(command.timeoutMs, limiter.limits.wallMs);
  let since: string | undefined;
  let forget = () => {};
  const ended = await spawnGroup({
    cwd: command.worktree,
    env,
    ...wrapped,
    ...(sandbox.owner && { owner: sandbox.owner }),
    limits: limiter.limits,
    timeoutMs,
    signal: command.signal,
    onStart: async (pgid, meet) => {
      forget = around.groups.record(pgid);
      since = statOf(pgid)?.start;
      await held.begin(pgid, meet);
      await prepared;
    },
    onExit: held.sweep,
  });
  const used = await held.end();
  const counted = { ...used, killed: used.killed + ((await wrapped.after?.())?.killed ?? 0) };
  // Inside of the sandbox nothing outlives its first process; outside, a daemon may have left the group.
  if (!sandbox.inside) await endMarked(mark, since);
  forget();
  await failpoint('sandbox.reaped');
  await prepared;
  if (ended.by === 'abort') command.signal.throwIfAborted();
  const log = await around.artefacts.put(ended.output);
  return {
    ...endingOf(ended, {
      name,
      timeoutMs,
      limits: limiter.limits,
      counted,
      refusesSilently: sandbox.countsProcesses && !limiter.control?.holds.has('processes'),
      kills: machineKills() - kills,
      engine: sandbox.hasOwnPrograms ? sandbox.state.kind : null,
    }),
    ms: ended.ms,
    log,
    tail: tailOf(ended.output),
  };
};

/** Makes HOME and TMPDIR, empty but for a HOME that outlives its command, and gives what a command may write to whom it runs as. */
const prepare = async (
  made: readonly string[],
  { home, worktree, writable = [] }: Command,
  owner: Owner | undefined,
): Promise<void> => {
  const empty = made.filter((folder) => folder !== home);
  for (const folder of empty) await rm(folder, { recursive: true, force: true });
  for (const folder of made) await mkdir(folder, { recursive: true });
  if (!owner) return;
  for (const folder of empty) await lchown(folder, owner.uid, owner.gid);
  await giveTo([worktree, ...writable, ...(home === undefined ? [] : [home])], owner);
};

const inMemory = ['/tmp', '/dev/shm', '/home/hive'];

const stopped = async (around: Surroundings, infra: Code, reason: string): Promise<RunResult> => ({
  exit: null,
  ms: 0,
  infra,
  reason,
  log: await around.artefacts.put(`${reason}\n`),
  tail: reason,
});
