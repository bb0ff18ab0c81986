import { execFile } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Owner } from '../../git/git.ts';
import { exitBinds, forwarded } from '../../egress/inside.ts';
import { findProgram } from '../find-program.ts';
import { countedArgv } from '../limits/gate.ts';
import { nobody } from '../reach.ts';
import { seccompFilter } from '../seccomp/filter.ts';
import { toolchainFolders } from '../toolchain.ts';
import type { Backend, BackendRequest, Cell, Wrap } from './backend.ts';
import { probe } from './probe.ts';

/** The line that installs the sandbox, for people. */
export const installLine = 'sudo apt-get install bubblewrap (or dnf, pacman, apk: package bubblewrap)';

const inside = { home: '/home/hive', tmp: '/tmp' };

/** bubblewrap, when a run of the real profile succeeds; else a sentence why not. */
export const findBwrap = async (request: BackendRequest): Promise<Backend | string> => {
  const { home, path } = request;
  const bwrap = await findProgram('bwrap', path, '/');
  if (!bwrap) return `bubblewrap is not installed; install it with: ${installLine}.`;
  const profile = await prepare(bwrap, request);
  const filter = await writeFilter(home);
  const filtered = await tryProfile(bwrap, { ...profile, filter }, request);
  if (typeof filtered !== 'string' || filter === null) return filtered;
  // A kernel without such filters, or a sandbox around Hive that forbids them.
  const bare = await tryProfile(bwrap, { ...profile, filter: null }, request);
  return typeof bare === 'string' ? filtered : bare;
};

const tryProfile = async (bwrap: string, profile: Profile, request: BackendRequest): Promise<Backend | string> => {
  const { home, owner } = request;
  const open = profile.filter === null ? [] : [profile.filter];
  const plain: Wrap = (argv, cell) => ({
    file: bwrap,
    args: [...bwrapArgs(profile, owner, cell), '--', ...forwarded(argv, cell.exit)],
    open,
  });
  const counting: Wrap = (argv, cell) => plain(countedArgv(argv, cell.limits.processes), cell);
  const { broken, countsProcesses } = await probe({ plain, counting }, home, owner);
  if (broken !== null)
    return `bubblewrap is installed but does not work here (${broken}); allow user namespaces for it.`;
  return {
    kind: 'bwrap',
    note: profile.filter === null ? 'bubblewrap works, without a filter of system calls.' : 'bubblewrap works.',
    countsProcesses,
    holdsLimits: false,
    hasOwnPrograms: false,
    inside,
    wrap: countsProcesses ? counting : plain,
  };
};

/** Writes the filter of system calls where each command can read it; null where there is none for this kind of machine. */
const writeFilter = async (home: string): Promise<string | null> => {
  const filter = seccompFilter(process.arch);
  if (filter === null) return null;
  const file = join(home, 'run', `seccomp-${process.arch}.bpf`);
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, filter);
  await rename(draft, file);
  return file;
};

type Profile = {
  readonly etc: string;
  readonly folders: readonly string[];
  readonly sized: boolean;
  readonly sealed: boolean;
  /** A file with the filter of system calls. */
  readonly filter: string | null;
};

const prepare = async (
  bwrap: string,
  request: Pick<BackendRequest, 'home' | 'path' | 'userHome'>,
): Promise<Omit<Profile, 'filter'>> => {
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
  'maven',
  'gradle',
].map((name) => `/etc/${name}`);

/** Debian names what a Java or Python reads when it starts after its version. */
const versioned = (): string[] =>
  readdirSync('/etc')
    .filter((name) => /^(?:java-\d+-openjdk|python3\.\d+)$/.test(name))
    .map((name) => `/etc/${name}`);

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
    ...[...etcFiles, ...versioned()].flatMap((path) => bind('--ro-bind-try', path)),
    '--ro-bind',
    join(profile.etc, 'passwd'),
    '/etc/passwd',
    '--ro-bind',
    join(profile.etc, 'group'),
    '/etc/group',
    ...(cell.network === 'open' ? resolver() : []),
    '--proc',
    '/proc',
    // A command that is root outside as well would own the kernel's settings below it.
    '--remount-ro',
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
    ...exitBinds(cell.exit),
    ...bind('--bind', cell.worktree),
    // The root itself is a tmpfs without a limit.
    '--remount-ro',
    '/',
    ...(profile.filter === null ? [] : ['--seccomp', '3']),
    '--chdir',
    cell.worktree,
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
