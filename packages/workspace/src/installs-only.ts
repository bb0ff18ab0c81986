import { createHash } from 'node:crypto';
import type { Setup } from '@hive/events';
import { git, gitList } from './git/git.ts';

/** By tool: its commands that install, and files of a repository that may have it do more, or run what is in the repository. */
const installers: Readonly<Record<string, { readonly commands: readonly string[]; readonly settings: RegExp }>> = {
  npm: { commands: ['ci', 'install', 'i'], settings: /^\.npmrc$/ },
  pnpm: { commands: ['install', 'i'], settings: /^(?:\.npmrc|\.?pnpmfile\.[cm]?js|pnpm-workspace\.yaml)$/ },
  yarn: { commands: ['install'], settings: /^(?:\.npmrc|\.yarn|\.yarnrc(?:\.yml)?)$/ },
};

const harmless = new Set([
  ...['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--no-progress', '--legacy-peer-deps'],
  ...['--frozen-lockfile', '--immutable'],
]);

/** Scripts that an install runs of the repository itself. */
const ownScripts = [
  ...['preinstall', 'install', 'postinstall'],
  ...['prepublish', 'preprepare', 'prepare', 'postprepare'],
];

const mostManifests = 2000;

/**
 * What a setup that only installs what a lock file names depends on beside that file: the manifests of the commit, of all packages of it where it is made of several. Commits with the same share what it
 * left. Null where more of the commit may count: another command, scripts of the repository's own, settings of the tool, no lock file.
 */
export const installsOnly = async (
  gitDir: string,
  at: string,
  { argv, lockfile }: Pick<Setup, 'argv' | 'lockfile'>,
): Promise<string | null> => {
  const [tool = '', command = '', ...flags] = argv;
  const installer = Object.hasOwn(installers, tool) ? installers[tool] : undefined;
  if (!installer?.commands.includes(command) || !flags.every((flag) => harmless.has(flag))) return null;
  const top = (await gitList(['ls-tree', '-z', '--name-only', at, '--'], { gitDir })).filter(Boolean);
  const isPlain = lockfile !== null && top.includes(lockfile) && !top.includes('node_modules');
  if (!isPlain || top.some((name) => installer.settings.test(name))) return null;
  const manifests = await manifestsAt(gitDir, at, { lockfile });
  if (manifests.length > mostManifests) return null;
  if (!flags.includes('--ignore-scripts') && (await haveOwnScripts(gitDir, manifests))) return null;
  return createHash('sha256').update(JSON.stringify(manifests)).digest('hex');
};

type Manifest = { readonly path: string; readonly mode: string; readonly blob: string };

const manifestsAt = async (
  gitDir: string,
  at: string,
  { lockfile }: { readonly lockfile: string },
): Promise<readonly Manifest[]> => {
  const [manifest, lock] = await Promise.all(
    [`${at}:package.json`, `${at}:${lockfile}`].map(
      async (path) => (await git(['cat-file', 'blob', path], { gitDir, ok: [0, 128] })).stdout,
    ),
  );
  const isOne =
    !/"workspaces"/.test(String(manifest)) && !/\b(?:file|link|portal|workspace):|"link"/.test(String(lock));
  const entries = await gitList(['ls-tree', ...(isOne ? [] : ['-r']), '-z', at, '--'], { gitDir });
  return entries.flatMap((entry) => {
    const [, mode = '', blob = '', path = ''] = /^(\d+) \S+ ([0-9a-f]+)\t([^]*)$/.exec(entry) ?? [];
    return /(?:^|\/)package\.json$/.test(path) ? [{ path, mode, blob }] : [];
  });
};

/** True also where one cannot be read as what it should be. */
const haveOwnScripts = async (gitDir: string, manifests: readonly Manifest[]): Promise<boolean> => {
  for (const { mode, blob } of manifests) {
    if (!mode.startsWith('100')) return true;
    const { stdout } = await git(['cat-file', 'blob', blob], { gitDir });
    try {
      const { scripts } = JSON.parse(stdout.toString('utf8')) as { readonly scripts?: unknown };
      if (scripts === undefined || scripts === null) continue;
      if (typeof scripts !== 'object' || ownScripts.some((name) => Object.hasOwn(scripts, name))) return true;
    } catch {
      return true;
    }
  }
  return false;
};
