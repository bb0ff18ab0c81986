import { execFile } from 'node:child_process';
import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Owner } from '../git/git.ts';
import { identityOf, isAlive } from '../git/process-id.ts';
import type { SandboxState } from '../port.ts';
import { findProgram } from './find-program.ts';
import { nobody, reachable } from './reach.ts';
import { toolchainFolders } from './toolchain.ts';

/** The line that installs the sandbox, for people. */
export const installLine = 'sudo apt-get install bubblewrap (or dnf, pacman, apk: package bubblewrap)';

/** A place inside of which one command runs. */
export type Cell = {
  readonly worktree: string;
  /** Folders that may be written beside the worktree (a setup's home). */
  readonly writable?: readonly string[];
  readonly readOnly?: readonly string[];
  readonly network: 'none' | 'open';
  readonly env: Readonly<Record<string, string>>;
};

/** What was found out about running commands on this machine. */
export type Sandbox = {
  readonly state: SandboxState;
  /** The user that commands run as, when Hive is root and that user can reach everything. */
  readonly owner: Owner | undefined;
  /** HOME and TMPDIR as a command sees them; null when they are the caller's own folders. */
  readonly inside: { readonly home: string; readonly tmp: string } | null;
  /** The argument list that runs `argv` in the cell. */
  wrap(argv: readonly string[], cell: Cell): { file: string; args: string[] };
};

const inside = { home: '/home/hive', tmp: '/tmp' };

/** Looks for bubblewrap and runs the real profile once: something inside must work, something outside must not. */
export const findSandbox = async (request: {
  readonly mode: 'auto' | 'bwrap' | 'none';
  readonly home: string;
  readonly path: readonly string[];
  readonly userHome: string | undefined;
}): Promise<Sandbox> => {
  const { mode, home, path } = request;
  const owner = await commandOwner(home, path);
  const identity = identityNote(owner);
  const without = (note: string): Sandbox => ({
    state: { kind: 'none', note: `${note}${identity}` },
    owner,
    inside: null,
    wrap: (argv) => ({ file: argv[0] ?? '', args: argv.slice(1) }),
  });
  if (mode === 'none') return without('The sandbox is switched off (sandbox.mode: none).');
  const bwrap = await findProgram('bwrap', path, '/');
  if (!bwrap) return without(`bubblewrap is not installed; install it with: ${installLine}.`);
  const profile = await prepare(bwrap, request);
  const wrap: Sandbox['wrap'] = (argv, cell) => ({
    file: bwrap,
    args: [...bwrapArgs(profile, owner, cell), '--', ...argv],
  });
  const broken = await probe(wrap, home, owner);
  if (broken)
    return without(`bubblewrap is installed but does not work here (${broken}); allow user namespaces for it.`);
  return { state: { kind: 'bwrap', note: `bubblewrap works.${identity}` }, owner, inside, wrap };
};

const commandOwner = async (home: string, path: readonly string[]): Promise<Owner | undefined> => {
  if (process.getuid?.() !== 0) return undefined;
  const worktrees = join(home, 'worktrees');
  await mkdir(worktrees, { recursive: true });
  const open = await Promise.all(path.filter((entry) => existsSync(entry)).map((entry) => reachable(entry, nobody)));
  return open.every(Boolean) && (await reachable(worktrees, nobody)) ? nobody : undefined;
};

const identityNote = (owner: Owner | undefined): string => {
  if (process.getuid?.() !== 0) return '';
  return owner
    ? ` Hive is root; commands run as uid ${owner.uid}.`
    : ' Hive is root, and so are commands: uid 65534 cannot reach HIVE_HOME or a folder of PATH.';
};

type Profile = {
  readonly etc: string;
  readonly folders: readonly string[];
  readonly sized: boolean;
  readonly sealed: boolean;
};

const prepare = async (
  bwrap: string,
  request: { home: string; path: readonly string[]; userHome: string | undefined },
): Promise<Profile> => {
  const etc = join(request.home, 'run', 'etc');
  await mkdir(etc, { recursive: true });
  const { uid, gid } = insideUser();
  await writeFile(
    join(etc, 'passwd'),
    `root:x:0:0::/nonexistent:/bin/false\nhive:x:${uid}:${gid}::${inside.home}:/bin/sh\n`,
  );
  await writeFile(join(etc, 'group'), `root:x:0:\nhive:x:${gid}:\n`);
  const help = await output(bwrap, ['--help']);
  return {
    etc,
    folders: toolchainFolders(request.path, request.userHome, request.home),
    sized: help.includes('--size'),
    sealed: help.includes('--disable-userns'),
  };
};

const insideUser = (): Owner => {
  const uid = process.getuid?.() ?? nobody.uid;
  return uid === 0 ? nobody : { uid, gid: process.getgid?.() ?? nobody.gid };
};

const output = (file: string, args: string[]) =>
  new Promise<string>((resolve) =>
    execFile(file, args, { env: {} }, (_, stdout, stderr) => resolve(`${stdout}${stderr}`)),
  );

/** System folders as they are: on most systems /bin and /lib are links into /usr. */
const systemFolders = (): string[] =>
  ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'].flatMap((path) => {
    if (!existsSync(path)) return [];
    return lstatSync(path).isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
  });

const etcFiles = [
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'ssl',
  'pki',
  'ca-certificates',
  'ca-certificates.conf',
  'alternatives',
  'localtime',
  'timezone',
  'hosts',
  'nsswitch.conf',
  'mime.types',
  'protocols',
  'services',
  'pip.conf',
  'java',
  'python3',
  'python3.11',
  'maven',
  'gradle',
].map((name) => `/etc/${name}`);

const bwrapArgs = (profile: Profile, owner: Owner | undefined, cell: Cell): string[] => {
  const size = (bytes: number) => (profile.sized ? ['--size', String(bytes)] : []);
  const bind = (how: string, path: string) => [how, path, path];
  const user = owner ?? insideUser();
  return [
    '--unshare-all',
    '--unshare-user',
    ...(profile.sealed ? ['--disable-userns'] : []),
    ...(cell.network === 'open' ? ['--share-net'] : []),
    '--die-with-parent',
    '--new-session',
    '--cap-drop',
    'ALL',
    '--uid',
    String(user.uid),
    '--gid',
    String(user.gid),
    '--hostname',
    'hive',
    ...bind('--ro-bind', '/usr'),
    ...systemFolders(),
    ...etcFiles.flatMap((path) => bind('--ro-bind-try', path)),
    '--ro-bind',
    join(profile.etc, 'passwd'),
    '/etc/passwd',
    '--ro-bind',
    join(profile.etc, 'group'),
    '/etc/group',
    ...(cell.network === 'open' ? resolver() : []),
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    ...size(256 * 1024 * 1024),
    '--tmpfs',
    '/dev/shm',
    ...size(2 * 1024 * 1024 * 1024),
    '--tmpfs',
    inside.tmp,
    ...size(1024 * 1024 * 1024),
    '--tmpfs',
    inside.home,
    ...profile.folders.flatMap((path) => bind('--ro-bind-try', path)),
    ...(cell.readOnly ?? []).flatMap((path) => bind('--ro-bind', path)),
    ...(cell.writable ?? []).flatMap((path) => bind('--bind', path)),
    ...bind('--bind', cell.worktree),
    // The root itself is a tmpfs without a limit.
    '--remount-ro',
    '/',
    '--chdir',
    cell.worktree,
    '--clearenv',
    ...Object.entries(cell.env).flatMap(([name, value]) => ['--setenv', name, value]),
  ];
};

/** /etc/resolv.conf is often a link into a folder that is not there inside. */
const resolver = (): string[] => {
  try {
    return ['--ro-bind', realpathSync('/etc/resolv.conf'), '/etc/resolv.conf'];
  } catch {
    return [];
  }
};

/** A process may be killed while it probes, before anybody has heard of it; whoever probes next cleans up after it. */
const removeDeadProbes = async (worktrees: string): Promise<void> => {
  for (const name of await readdir(worktrees)) {
    const owner = /^probe-(\d+_[^_]+_[^-]+)-/.exec(name)?.[1]?.replaceAll('_', ' ');
    if (owner !== undefined && !isAlive(owner)) await rm(join(worktrees, name), { recursive: true, force: true });
  }
};

/** Runs the profile. Answers what is wrong with it, or null. */
const probe = async (wrap: Sandbox['wrap'], home: string, owner: Owner | undefined): Promise<string | null> => {
  const worktrees = join(home, 'worktrees');
  await mkdir(worktrees, { recursive: true });
  await removeDeadProbes(worktrees);
  const folder = await mkdtemp(join(worktrees, `probe-${identityOf(process.pid).replaceAll(' ', '_')}-`));
  try {
    const worktree = join(folder, 'tree');
    await mkdir(worktree);
    if (owner) {
      await chmod(folder, 0o755);
      await chown(worktree, owner.uid, owner.gid);
    }
    const outside = join(folder, 'outside');
    const script = 'touch "$1" 2>/dev/null; touch /usr/.hive-probe 2>/dev/null && exit 4; touch inside || exit 5';
    const { file, args } = wrap(['/bin/sh', '-c', script, 'probe', outside], {
      worktree,
      network: 'none',
      env: { PATH: '/usr/bin:/bin' },
    });
    const said = await new Promise<string | null>((resolve) => {
      execFile(file, args, { env: {}, cwd: '/', timeout: 10_000, ...owner }, (error, _, stderr) =>
        resolve(error ? (stderr.trim().split('\n').at(-1) ?? '') || `exit ${error.code}` : null),
      );
    });
    if (said !== null) return said;
    if (existsSync(outside)) return 'a write outside of the worktree succeeded';
    return (await stat(join(worktree, 'inside')).then(
      () => true,
      () => false,
    ))
      ? null
      : 'the worktree cannot be written';
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
