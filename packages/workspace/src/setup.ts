import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { HiveError } from '@hive/errors';
import type { Evidence, Setup } from '@hive/events';
import { failpoint } from '@hive/failpoints';
import { registryFiles } from './command/registries.ts';
import { runCommand, type Surroundings } from './command/runner.ts';
import { touchMark } from './disk/mark.ts';
import { git, gitList, gitText } from './git/git.ts';
import { withLock } from './git/lock.ts';
import type { Mirror } from './git/mirror.ts';
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
  copyTo(worktree: string): Promise<void>;
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
 * Runs a setup once per repository, base, dependencies and command, with network; later and concurrent callers get its copy.
 * Throws `setup.failed` with the last lines.
 */
export const prepareSetup = async (
  around: Surroundings,
  home: string,
  request: SetupRequest,
): Promise<PreparedSetup> => {
  const { mirror, at, setup } = request;
  const dependencies = await dependencyKey(mirror.gitDir, at, setup);
  const key = createHash('sha256')
    .update(JSON.stringify([mirror.user.root, at, dependencies, setup.argv, around.sandbox.state.kind]))
    .digest('hex')
    .slice(0, 16);
  const folder = join(home, 'setup', key);
  const done = join(folder, 'done.json');
  let cached = true;
  let paths = await readPaths(done);
  if (paths === null)
    await withLock(
      `${folder}.lock`,
      async () => {
        paths = await readPaths(done);
        if (paths !== null) return;
        cached = false;
        paths = await runSetup(around, folder, request);
        await writeFile(`${done}.new`, JSON.stringify(paths));
        await failpoint('setup.ran');
        await rename(`${done}.new`, done);
        await failpoint('setup.recorded');
      },
      request.signal,
    );
  const tree = join(folder, 'tree');
  const made = paths ?? [];
  return {
    key,
    paths: made,
    readOnly: [join(folder, 'home')],
    env: { ...caches(join(folder, 'home')), GOPROXY: 'off', CARGO_NET_OFFLINE: 'true', UV_OFFLINE: '1' },
    evidence: { argv: [...setup.argv], lockfile: await lockfileHash(mirror.gitDir, at, setup), cached },
    copyTo: (worktree) => copyMade(made, tree, worktree),
  };
};

/** The paths that a finished setup made. Says that it is used, so that it is not removed now. */
const readPaths = async (done: string): Promise<string[] | null> => {
  const text = await touchMark(done);
  return text === null ? null : (JSON.parse(text) as string[]);
};

/** Tools that keep downloads in HOME, told where: the folder is writable for the setup and read-only for checks. */
const caches = (home: string): Record<string, string> => ({
  CARGO_HOME: join(home, '.cargo'),
  GOMODCACHE: join(home, 'go', 'pkg', 'mod'),
  GOFLAGS: '-modcacherw',
  POETRY_VIRTUALENVS_IN_PROJECT: 'true',
});

const runSetup = async (around: Surroundings, folder: string, request: SetupRequest): Promise<string[]> => {
  const { mirror, at, setup, passEnv, signal } = request;
  await removeFolder(folder);
  const tree = join(folder, 'tree');
  const home = join(folder, 'home');
  await mkdir(tree, { recursive: true });
  await mkdir(home);
  await registryFiles(around.env['HOME'], home);
  const options = { gitDir: mirror.gitDir, workTree: tree, index: join(folder, 'index') };
  await git(['read-tree', '--reset', '-u', at], { ...options, signal });
  const result = await runCommand(around, {
    argv: setup.argv,
    worktree: tree,
    scratch: folder,
    home,
    readOnly: [],
    extra: caches(home),
    passEnv,
    network: 'open',
    timeoutMs,
    signal,
  });
  if (result.exit !== 0) {
    const why = result.reason ?? `exit ${result.exit}`;
    const tail =
      result.tail && result.tail !== result.reason ? `\n${result.tail.split('\n').slice(-15).join('\n')}` : '';
    throw new HiveError('setup.failed', `The setup "${setup.argv.join(' ')}" failed: ${why}${tail}`, {
      remedy: 'retry',
      where: 'other',
      details: { argv: setup.argv, exit: result.exit, infra: result.infra ?? null, log: result.log },
    });
  }
  // Whatever is neither tracked nor there before; a folder that holds nothing tracked is one entry.
  const made = await gitText(['ls-files', '-z', '--others', '--directory', '--no-empty-directory'], options);
  return made
    .split('\0')
    .map((path) => path.replace(/\/$/, ''))
    .filter(Boolean);
};

const run = promisify(execFile);

const copyMade = async (paths: readonly string[], tree: string, worktree: string): Promise<void> => {
  const byParent = Map.groupBy(paths, (path) => dirname(path));
  const how = process.platform === 'linux' ? ['-a', '--reflink=auto'] : ['-Rp'];
  for (const [parent, group] of byParent) {
    const target = join(worktree, parent);
    await mkdir(target, { recursive: true });
    await run('/bin/cp', [...how, '--', ...group.map((path) => join(tree, path)), target], { env: {} });
  }
  for (const path of paths) await relocateVenv(join(worktree, path), tree, worktree);
};
