import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { folderInside, forwarded, nodeInside } from '../../egress/inside.ts';
import type { Owner } from '../../git/git.ts';
import type { Env } from '../environment.ts';
import { findProgram } from '../find-program.ts';
import { commandOwnerOf } from '../reach.ts';
import type { Backend, BackendRequest, Cell } from './backend.ts';
import { probe } from './probe.ts';

/** A program that runs containers. */
export type Engine = 'podman' | 'docker';

const inside = { home: '/home/hive', tmp: '/tmp' };
const ownPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
/** What the engine's own program needs of the user's environment, to find its settings and its service. */
const forEngine =
  /^(?:HOME|PATH|XDG_(?:RUNTIME_DIR|CONFIG_HOME|DATA_HOME)|DOCKER_(?:HOST|CONTEXT|CONFIG)|CONTAINER_HOST|DBUS_SESSION_BUS_ADDRESS)$/;
const label = 'hive.incarnation';

/** Containers of podman or docker, when a run with the real arguments succeeds; else a sentence why not. The image has to be there. */
export const findContainer = async (engine: Engine, request: BackendRequest): Promise<Backend | string> => {
  const { home, path, owner, env, incarnation, image } = request;
  if (image === null) return `${engine} needs an image for its containers: name one with hive.sandbox.image.`;
  const file = await findProgram(engine, path, '/');
  if (!file) return `${engine} is not installed.`;
  // Never what the command has: its PATH begins in the worktree, and this program runs outside.
  const client = { ...engineEnv(env), PATH: path.join(':') };
  const user = commandOwnerOf(owner);
  const call = (...args: string[]) => promisify(execFile)(file, args, { env: client, timeout: 30_000 });
  const wrap: Backend['wrap'] = (argv, cell) => {
    const name = nameOf(cell);
    const args = containerArgs(engine, { image, user, incarnation, name }, cell, argv);
    return {
      file,
      args,
      env: { ...cell.env, ...client },
      after: async () => {
        const killed = await call('inspect', '--format', '{{.State.OOMKilled}}', name).catch(() => null);
        await call('rm', '--force', name).catch(() => undefined);
        return { killed: killed?.stdout.trim() === 'true' ? 1 : 0 };
      },
    };
  };
  const { broken } = await probe({ plain: wrap }, home, owner);
  if (broken !== null) return `${engine} is installed but does not work here with the image ${image} (${broken}).`;
  return {
    kind: engine,
    note: `${engine} works, with the image ${image}.`,
    countsProcesses: false,
    holdsLimits: true,
    hasOwnPrograms: true,
    inside,
    wrap,
    cleanUp: async (gone) => {
      const { stdout } = await call('ps', '--all', '--quiet', '--filter', `label=${label}=${gone}`);
      const left = stdout.split('\n').filter(Boolean);
      if (left.length > 0) await call('rm', '--force', ...left);
    },
  };
};

const nameOf = ({ env }: Cell): string => `hive-${env['HIVE_STEP_GROUP'] ?? 'unknown'}`;

const engineEnv = (env: Env): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && forEngine.test(name) ? [[name, value]] : [],
    ),
  );

/** The arguments that run `argv` in a container: no network, nothing writable but the worktree, no rights, the limits of a command. */
export const containerArgs = (
  engine: Engine,
  given: { readonly image: string; readonly user: Owner; readonly incarnation: string; readonly name: string },
  cell: Cell,
  argv: readonly string[],
): string[] => {
  const { limits, worktree, exit, readOnly = [], writable = [] } = cell;
  const { uid, gid } = given.user;
  const bytes = (value: number) => String(Math.floor(value));
  const bind = (from: string, to: string, how: 'ro' | 'rw') => ['--volume', `${from}:${to}:${how}`];
  const memory = (path: string, size: number) => [
    '--tmpfs',
    `${path}:rw,exec,nosuid,nodev,mode=1777,size=${bytes(Math.min(size, limits.memoryBytes))}`,
  ];
  const seconds = Math.max(1, Math.ceil(limits.cpuMs / 1000));
  const [program = '', ...rest] = forwarded(argv, exit);
  return [
    'run',
    ...['--name', given.name, '--label', `${label}=${given.incarnation}`],
    ...['--pull', 'never', '--init', '--log-driver', 'none', '--hostname', 'hive'],
    ...(cell.network === 'none' ? ['--network', 'none'] : []),
    '--read-only',
    ...(engine === 'podman' ? ['--read-only-tmpfs=false', '--userns', 'keep-id'] : []),
    ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--security-opt', 'label=disable'],
    ...['--user', `${uid}:${gid}`],
    ...['--memory', bytes(limits.memoryBytes), '--memory-swap', bytes(limits.memoryBytes)],
    ...['--pids-limit', String(limits.processes), '--cpus', String(limits.cores)],
    ...['--ulimit', `fsize=${bytes(limits.fileBytes)}:${bytes(limits.fileBytes)}`],
    ...['--ulimit', `cpu=${seconds}:${seconds + 5}`, '--ulimit', 'core=0:0'],
    ...memory(inside.tmp, 2_000_000_000),
    ...memory(inside.home, 1_000_000_000),
    ...readOnly.flatMap((path) => bind(path, path, 'ro')),
    ...writable.flatMap((path) => bind(path, path, 'rw')),
    ...bind(worktree, worktree, 'rw'),
    ...(exit ? [...bind(exit.folder, folderInside, 'ro'), ...bind(exit.node, nodeInside, 'ro')] : []),
    ...['--workdir', worktree],
    ...variables(cell),
    ...['--entrypoint', program, given.image],
    ...rest,
  ];
};

/** By name only where that is possible: arguments can be read by every user of the machine, the environment cannot. */
const variables = ({ env, worktree }: Cell): string[] =>
  Object.entries(env).flatMap(([name, value]) => {
    if (name === 'PATH') return ['--env', `PATH=${pathInside(value, worktree)}`];
    return ['--env', forEngine.test(name) ? `${name}=${value}` : name];
  });

/** The worktree's own tools, then those of the image. */
const pathInside = (path: string, worktree: string): string =>
  [...path.split(':').filter((entry) => entry.startsWith(`${worktree}/`)), ...ownPath].join(':');
