import { createHash } from 'node:crypto';
import type { Setup } from '@hive/events';
import { git, gitList } from './git/git.ts';

const lockName = 'package-lock.json';
const commands = ['ci', 'install', 'i'];
const harmless = new Set([
  ...['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--no-progress', '--legacy-peer-deps'],
]);

/** At the top: what npm obeys beside the lock file, or takes in place of it, or finds there already. */
const others = ['.npmrc', 'npm-shrinkwrap.json', 'node_modules'];

/** Scripts that an install runs of the repository itself. */
const ownScripts = [
  ...['preinstall', 'install', 'postinstall'],
  ...['prepublish', 'preprepare', 'prepare', 'postprepare'],
];

/** What an entry of a lock file may say of a package: nothing that runs. */
const tame = new Set([
  ...[
    'name',
    'version',
    'resolved',
    'integrity',
    'license',
    'link',
    'bin',
    'workspaces',
    'engines',
    'os',
    'cpu',
    'libc',
  ],
  ...[
    'dev',
    'optional',
    'devOptional',
    'peer',
    'extraneous',
    'inBundle',
    'bundleDependencies',
    'funding',
    'deprecated',
  ],
  ...['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies', 'peerDependenciesMeta'],
]);
const mostManifests = 2000;

/**
 * What `npm ci` depends on beside its lock file, where it does nothing but unpack what that names: the manifests of the commit, of all packages of it where
 * it is made of several. Commits with the same share what it left, also commits that nobody has looked at yet, so nothing of a commit may run in it or have a say. Null
 * where that cannot be told, and then the commit itself counts: another command, scripts (of a package too), settings, no lock file.
 */
export const installsOnly = async (
  gitDir: string,
  at: string,
  { argv, lockfile }: Pick<Setup, 'argv' | 'lockfile'>,
): Promise<string | null> => {
  const [tool = '', command = '', ...flags] = argv;
  const isPlain = tool === 'npm' && commands.includes(command) && flags.every((flag) => harmless.has(flag));
  if (!isPlain || lockfile !== lockName) return null;
  const entries = await entriesAt(gitDir, at);
  const top = new Map(entries.filter(({ path }) => !path.includes('/')).map((entry) => [entry.path, entry]));
  const [manifest, lock] = [top.get('package.json'), top.get(lockName)];
  if (!manifest || !lock || !isFile(lock)) return null;
  if (entries.some(({ path }) => others.includes(path.split('/')[0] ?? ''))) return null;
  const [ofManifest, ofLock] = await Promise.all([textOf(gitDir, manifest), textOf(gitDir, lock)]);
  const runsNone = flags.includes('--ignore-scripts');
  // Without a script of its own a package with a binding.gyp is built.
  if (!runsNone && entries.some(({ path }) => /(?:^|\/)binding\.gyp$/.test(path))) return null;
  if (!unpacksOnly(ofLock, { runsNone })) return null;
  const isOne = !/"workspaces"|\\u/.test(ofManifest) && !/"link"|\\u/.test(ofLock);
  const manifests = isOne ? [manifest] : entries.filter(({ path }) => /(?:^|\/)package\.json$/.test(path));
  if (manifests.length > mostManifests || !manifests.every(isFile)) return null;
  if (!runsNone && (await haveOwnScripts(gitDir, manifests))) return null;
  return createHash('sha256')
    .update(JSON.stringify(manifests.map(({ path, blob }) => [path, blob])))
    .digest('hex');
};

type Entry = { readonly path: string; readonly mode: string; readonly blob: string };

const isFile = ({ mode }: Entry): boolean => mode.startsWith('100');

const entriesAt = async (gitDir: string, at: string): Promise<readonly Entry[]> =>
  (await gitList(['ls-tree', '-r', '-z', at, '--'], { gitDir })).flatMap((entry) => {
    const [, mode = '', blob = '', path = ''] = /^(\d+) \S+ ([0-9a-f]+)\t([^]*)$/.exec(entry) ?? [];
    return path === '' ? [] : [{ path, mode, blob }];
  });

const textOf = async (gitDir: string, { blob }: Entry): Promise<string> =>
  (await git(['cat-file', 'blob', blob], { gitDir })).stdout.toString('utf8');

/** Whether every package comes from a registry or is a folder of the repository, and none has scripts that would run. */
const unpacksOnly = (lock: string, { runsNone }: { readonly runsNone: boolean }): boolean => {
  let read: unknown;
  try {
    read = JSON.parse(lock);
  } catch {
    return false;
  }
  const { lockfileVersion, packages } = (read ?? {}) as {
    readonly lockfileVersion?: unknown;
    readonly packages?: unknown;
  };
  // What older ones do not say is asked of the packages themselves.
  if ((lockfileVersion !== 2 && lockfileVersion !== 3) || typeof packages !== 'object' || packages === null)
    return false;
  return Object.values(packages as Record<string, Readonly<Record<string, unknown>> | null>).every((entry) => {
    if (typeof entry !== 'object' || entry === null) return false;
    const { resolved, link } = entry;
    const isFetched =
      resolved === undefined || link === true || (typeof resolved === 'string' && /^https?:/.test(resolved));
    return isFetched && Object.keys(entry).every((key) => tame.has(key) || (runsNone && key === 'hasInstallScript'));
  });
};

/** True also where one cannot be read as what it should be. */
const haveOwnScripts = async (gitDir: string, manifests: readonly Entry[]): Promise<boolean> => {
  for (const manifest of manifests) {
    try {
      const { scripts } = JSON.parse(await textOf(gitDir, manifest)) as { readonly scripts?: unknown };
      if (scripts === undefined || scripts === null) continue;
      if (typeof scripts !== 'object' || ownScripts.some((name) => Object.hasOwn(scripts, name))) return true;
    } catch {
      return true;
    }
  }
  return false;
};
