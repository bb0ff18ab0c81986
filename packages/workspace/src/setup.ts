import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HiveError } from '@hive/errors';
import type { Evidence, Reached, Setup } from '@hive/events';
import { failpoint } from '@hive/failpoints';
import { buildCachesOf, cacheEnv, copyCaches, seedCaches } from './build-caches.ts';
import { registryFiles, registryGrants } from './command/registries.ts';
import { runCommand, type Surroundings } from './command/runner.ts';
import { copyFiles } from './copy-files.ts';
import { touchMark } from './disk/mark.ts';
import { textOf, type Grant } from './egress/grants.ts';
import { lineToAdd, ungranted } from './egress/line-to-add.ts';
import { wantsAfter, type Wants } from './egress/wants.ts';
import { git, gitList, gitText } from './git/git.ts';
import { installsOnly } from './installs-only.ts';
import { withLock } from './git/lock.ts';
import type { Mirror } from './git/mirror.ts';
import type { RunResult } from './port.ts';
import { lacksRegistry } from './phases/lacks-registry.ts';
import { phasesFor, runPhases } from './phases/run-phases.ts';
import { relocateVenv } from './relocate.ts';
import { removeFolder } from './remove-folder.ts';

/** What a setup left, ready to be copied into worktrees. */
export type PreparedSetup = {
  /** Its name among the setups of this home. */
  readonly key: string;
  /** Paths that the setup made, relative to the worktree: not part of any change. */
  readonly paths: readonly string[];
  /** Folders outside of the worktree that checks may read. */
  readonly readOnly: readonly string[];
  /** Where tools find what the setup downloaded. */
  readonly env: Readonly<Record<string, string>>;
  readonly evidence: NonNullable<Evidence['setup']>;
  /** The folder in which `paths` lie. */
  readonly source: string;
  copyTo(worktree: string): Promise<void>;
  /** Copies what its tool has compiled into a folder that commands may write, and answers where the tool finds it; empty: there is none. */
  copyCaches(folder: string): Promise<Readonly<Record<string, string>>>;
};

/** Which setup to prepare: `at` is the commit whose tree it runs in. */
export type SetupRequest = {
  readonly mirror: Mirror;
  readonly at: string;
  readonly setup: Setup;
  readonly passEnv: readonly string[];
  readonly signal: AbortSignal;
};

const timeoutMs = 30 * 60 * 1000;
const warmUpMs = 10 * 60 * 1000;

/** SHA-256 of the lock file that a setup depends on, as the commit has it; null when none is named or it is not there. */
export const lockfileHash = async (gitDir: string, at: string, setup: Setup): Promise<string | null> => {
  if (setup.lockfile === null) return null;
  const blob = await git(['cat-file', 'blob', `${at}:${setup.lockfile}`], { gitDir, ok: [0, 128] });
  return blob.code === 0 ? createHash('sha256').update(blob.stdout).digest('hex') : null;
};

const manifests =
  /^(?:package\.json|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?|pyproject\.toml|setup\.(?:py|cfg)|requirements.*\.txt|uv\.lock|poetry\.lock|Pipfile(?:\.lock)?|go\.(?:mod|sum)|Cargo\.(?:toml|lock)|Gemfile(?:\.lock)?|composer\.(?:json|lock)|pom\.xml|build\.gradle(?:\.kts)?)$/;

/** What the result of a setup depends on: its lock file, or without one whatever names dependencies at the top. */
export const dependencyKey = async (gitDir: string, at: string, setup: Setup): Promise<string> => {
  const lock = await lockfileHash(gitDir, at, setup);
  if (lock !== null) return lock;
  const entries = await gitList(['ls-tree', '-z', at, '--'], { gitDir });
  return entries.filter((entry) => manifests.test(entry.split('\t')[1] ?? '')).join('\n');
};

/**
 * Runs a setup once per repository, base, dependencies and command, with the registries as its network; later and concurrent callers get its copy. One
 * that only installs ({@link installsOnly}) is run once for all bases with the same lock file and manifests. Throws `setup.failed` with the last lines.
 */
export const prepareSetup = async (
  around: Surroundings,
  home: string,
  request: SetupRequest,
): Promise<PreparedSetup> => {
  const { mirror, at, setup } = request;
  const dependencies = await dependencyKey(mirror.gitDir, at, setup);
  const key = createHash('sha256')
    .update(
      JSON.stringify([
        mirror.user.root,
        (await installsOnly(mirror.gitDir, at, setup)) ?? at,
        dependencies,
        setup.argv,
        around.sandbox.state.kind,
      ]),
    )
    .digest('hex')
    .slice(0, 16);
  const folder = join(home, 'setup', key);
  const done = join(folder, 'done.json');
  let cached = true;
  let left = await readLeft(done);
  if (left === null)
    await withLock(
      `${folder}.lock`,
      async () => {
        left = await readLeft(done);
        if (left !== null) return;
        cached = false;
        left = await runSetup(around, folder, request);
        await writeFile(`${done}.new`, JSON.stringify(left));
        await failpoint('setup.ran');
        await rename(`${done}.new`, done);
        await failpoint('setup.recorded');
      },
      request.signal,
    );
  const tree = join(folder, 'tree');
  const { paths: made, egress, scripts }: Left = left ?? { paths: [], egress: [] };
  const isOffline = around.granted(mirror.user.root).checks.length === 0;
  return {
    key,
    paths: made,
    readOnly: [join(folder, 'home')],
    env: { ...caches(join(folder, 'home'), setup.argv), ...(isOffline && offline) },
    evidence: {
      argv: [...setup.argv],
      lockfile: await lockfileHash(mirror.gitDir, at, setup),
      cached,
      ...(egress.length > 0 && { egress: [...egress] }),
      ...(scripts && { scripts }),
    },
    source: tree,
    copyTo: (worktree) => copyMade(made, tree, worktree),
    copyCaches: async (target) => {
      const built = buildCachesOf(setup.argv);
      await copyCaches(built, buildFolder(folder), target);
      return cacheEnv(built, target);
    },
  };
};

/** What a finished setup made and reached, and the repository that it was made for. */
type Left = {
  readonly paths: readonly string[];
  readonly egress: readonly Reached[];
  readonly repo?: string;
  readonly scripts?: 'offline';
};

/** Where the setup in a folder keeps what tools have compiled. */
const buildFolder = (folder: string): string => join(folder, 'home', 'build');

/** What a finished setup left behind. Says that it is used, so that it is not removed now. */
const readLeft = async (done: string): Promise<Left | null> => {
  const text = await touchMark(done);
  if (text === null) return null;
  const left = JSON.parse(text) as Left | readonly string[];
  // Older ones are a list of paths.
  return 'paths' in left ? left : { paths: left, egress: [] };
};

/**
 * Tools take what a setup left as it is. pnpm would install once more before it runs a script, and fetch the version of itself that the repository names;
 * yarn would keep what it unpacks for Plug'n'Play beside the tree and find it by a path that is another one in each worktree.
 */
const asInstalled = {
  pnpm_config_verify_deps_before_run: 'false',
  pnpm_config_pm_on_fail: 'ignore',
  YARN_ENABLE_GLOBAL_CACHE: 'false',
};

/** The same for pnpm before 11. npm complains of names that it does not know, so only where there is pnpm. */
const ofOlderPnpm = {
  npm_config_verify_deps_before_run: 'false',
  npm_config_manage_package_manager_versions: 'false',
  npm_config_package_manager_strict: 'false',
};

/** Tools do not try what they cannot reach. */
const offline = { GOPROXY: 'off', CARGO_NET_OFFLINE: 'true', UV_OFFLINE: '1', COREPACK_ENABLE_NETWORK: '0' };

/** Tools that keep downloads in HOME, told where: the folder is writable for the setup and read-only for checks. */
const caches = (home: string, argv: readonly string[]): Record<string, string> => ({
  ...asInstalled,
  ...(/\bpnpm\b/.test(argv.join(' ')) && ofOlderPnpm),
  CARGO_HOME: join(home, '.cargo'),
  COREPACK_HOME: join(home, '.cache', 'corepack'),
  GOMODCACHE: join(home, 'go', 'pkg', 'mod'),
  GOFLAGS: '-modcacherw',
  POETRY_VIRTUALENVS_IN_PROJECT: 'true',
});

const runSetup = async (around: Surroundings, folder: string, request: SetupRequest): Promise<Left> => {
  const { mirror, at, setup, passEnv, signal } = request;
  await removeFolder(folder);
  const tree = join(folder, 'tree');
  const home = join(folder, 'home');
  await mkdir(tree, { recursive: true });
  await mkdir(home);
  const built = buildCachesOf(setup.argv);
  await seedCaches(built, buildFolder(folder), dirname(folder), {
    cachesOf: (key) => buildFolder(join(dirname(folder), key)),
    isSame: (record) => (JSON.parse(record) as Partial<Left>).repo === mirror.user.root,
  });
  const told = await registryFiles(around.env['HOME'], home, around.sandbox.inside ? 'left out' : 'kept');
  const options = { gitDir: mirror.gitDir, workTree: tree, index: join(folder, 'index') };
  const command = {
    ...{ worktree: tree, scratch: folder, home, readOnly: [], passEnv, signal },
    extra: { ...caches(home, setup.argv), ...cacheEnv(built, buildFolder(folder)) },
  };
  const registries = registryGrants(setup.argv, told, around.env);
  const folders = { folder, tree, home, aside: join(folder, 'aside') };
  const { setup: granted } = around.granted(mirror.user.root);
  const phases = await phasesFor(around, { argv: setup.argv, gitDir: mirror.gitDir, at, folders, registries, granted });
  let result: RunResult;
  if (phases)
    result = await runPhases(around, phases, { command, folders, registries, granted, timeoutMs, at, options });
  else {
    await git(['read-tree', '--reset', '-u', at], { ...options, signal });
    const network = [...registries, ...granted];
    result = await runCommand(around, { ...command, argv: setup.argv, network, timeoutMs });
  }
  if (result.exit !== 0) throw await setupFailed(around, setup, result, phases ? registries : []);
  // A base that does not compile leaves less behind, and its checks say so.
  for (const { warmUp } of built)
    await runCommand(around, { ...command, argv: warmUp, network: 'none', timeoutMs: warmUpMs });
  // Whatever is neither tracked nor there before; a folder that holds nothing tracked is one entry.
  const made = await gitText(['ls-files', '-z', '--others', '--directory', '--no-empty-directory'], options);
  const paths = made
    .split('\0')
    .map((path) => path.replace(/\/$/, ''))
    .filter(Boolean);
  const scripts = phases ? { scripts: 'offline' as const } : {};
  return { paths, egress: result.egress ?? [], repo: mirror.user.root, ...scripts };
};

/** What went wrong, in the words of the command, and the line to add when it missed a host that it names. */
const setupFailed = async (
  around: Surroundings,
  setup: Setup,
  result: RunResult,
  withheld: readonly Grant[],
): Promise<HiveError> => {
  const why = result.reason ?? `exit ${result.exit}`;
  const tail = result.tail && result.tail !== result.reason ? `\n${result.tail.split('\n').slice(-15).join('\n')}` : '';
  const wanted = ungranted(result.egress ?? []);
  const said = Buffer.from(await around.artefacts.get(result.log)).toString('utf8');
  // A host that the command does not complain about may be a mere count of its uses; then it is worth another try.
  const missed = wanted.filter((host) => said.includes(host.replace(/:\d+$/, '')));
  const isHeldBack = withheld.length > 0 && missed.length === 0 && lacksRegistry(said);
  const add = isHeldBack
    ? `. What is installed is built and runs its scripts without a registry; to let it reach one meanwhile ${lineToAdd('setup', withheld.map(textOf))}`
    : wanted.length > 0
      ? `. It wanted ${wanted.join(', ')}: ${lineToAdd('setup', wanted)}`
      : '';
  const wants: Wants | null =
    around.asks && isHeldBack
      ? { by: 'setup', hosts: withheld.map(textOf).filter((host) => !around.asks?.refused.includes(host)) }
      : wantsAfter('setup', [result], around.asks);
  return new HiveError('setup.failed', `The setup "${setup.argv.join(' ')}" failed: ${why}${add}${tail}`, {
    ...(missed.length > 0 || isHeldBack ? { remedy: 'fix_config' } : { remedy: 'retry', where: 'other' }),
    details: {
      argv: setup.argv,
      exit: result.exit,
      infra: result.infra ?? null,
      log: result.log,
      egress: result.egress ?? [],
      ...(wants && wants.hosts.length > 0 && { wants }),
    },
  });
};

const copyMade = async (paths: readonly string[], tree: string, worktree: string): Promise<void> => {
  const byParent = Map.groupBy(paths, (path) => dirname(path));
  for (const [parent, group] of byParent) {
    const target = join(worktree, parent);
    await mkdir(target, { recursive: true });
    await copyFiles(
      group.map((path) => join(tree, path)),
      target,
    );
  }
  for (const path of paths) await relocateVenv(join(worktree, path), tree, worktree);
};
