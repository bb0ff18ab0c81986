import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Reached } from '@hive/events';
import { runCommand, type Command, type Surroundings } from '../command/runner.ts';
import { grantFor, type Grant } from '../egress/grants.ts';
import { git, gitList, type GitOptions } from '../git/git.ts';
import type { RunResult } from '../port.ts';
import { removeFolder } from '../remove-folder.ts';
import { forNetwork } from '../command/environment.ts';
import { isManifest, phasesOf, type Folders, type Phase } from './phases.ts';

/** The setup of a commit, the registries that it would reach, and the hosts that the user granted to setups of the repository. */
export type PhasesRequest = {
  readonly argv: readonly string[];
  readonly gitDir: string;
  readonly at: string;
  readonly folders: Folders;
  readonly registries: readonly Grant[];
  readonly granted: readonly Grant[];
};

/**
 * How a setup is taken apart; null where it runs in one go: outside of a sandbox that holds the network, where it is not known how, and where the
 * user has granted a registry to setups in words, which is how one says that scripts may reach it.
 */
export const phasesFor = async (around: Surroundings, request: PhasesRequest): Promise<readonly Phase[] | null> => {
  const { argv, gitDir, at, folders, registries, granted } = request;
  const isGranted = registries.some(({ host, port }) => grantFor(granted, { host, port: port ?? 443 }) !== undefined);
  if (!around.sandbox.inside || isGranted) return null;
  const text = async (name: string) => {
    const blob = await git(['cat-file', 'blob', `${at}:${name}`], { gitDir, ok: [0, 128] });
    return blob.code === 0 ? blob.stdout.toString('utf8') : '';
  };
  const [packageJson, npmrc, yarnrcYml, pyproject] = await Promise.all(
    ['package.json', '.npmrc', '.yarnrc.yml', 'pyproject.toml'].map(text),
  );
  const manifest = {
    ...{ packageJson: packageJson ?? '', npmrc: npmrc ?? '' },
    ...{ yarnrcYml: yarnrcYml ?? '', pyproject: pyproject ?? '' },
  };
  return phasesOf(argv, manifest, folders);
};

/** Runs phases one after the other until one is red, and answers the last one with what all of them reached. */
export const runPhases = async (
  around: Surroundings,
  phases: readonly Phase[],
  how: {
    readonly command: Omit<Command, 'argv' | 'network' | 'timeoutMs'>;
    readonly folders: Folders & { readonly folder: string };
    readonly registries: readonly Grant[];
    readonly granted: readonly Grant[];
    /** For all of them together. */
    readonly timeoutMs: number;
    readonly at: string;
    readonly options: GitOptions;
  },
): Promise<RunResult> => {
  const { command, registries, granted, at, options } = how;
  const { home, aside, folder } = how.folders;
  const { signal } = command;
  const until = performance.now() + how.timeoutMs;
  await git(['read-tree', at], { ...options, signal });
  const paths = await gitList(['ls-files', '-z'], options);
  const manifests = paths.filter(isManifest);
  await git(['checkout-index', '-z', '--stdin'], { ...options, signal, input: manifests.join('\0') });
  if (phases.some(({ argv }) => argv[0] === 'cargo')) await makePlaces(command.worktree, paths.filter(isRust));
  let isWhole = false;
  const checkOut = (more: GitOptions) => git(['read-tree', '--reset', '-u', at], { ...options, ...more, signal });
  const egress: Reached[] = [];
  let last: RunResult | undefined;
  for (const { argv, reach, env, isApart } of phases) {
    const extra = { ...command.extra, ...networkEnv(around), ...env };
    const network = reach === 'registries' ? [...registries, ...granted] : granted;
    const one = { ...command, extra, argv, network, timeoutMs: until - performance.now() };
    if (isApart) {
      const look = join(folder, 'look');
      for (const path of [look, aside]) await mkdir(path, { recursive: true });
      await checkOut({ workTree: look, index: join(folder, 'look.index') });
      last = await runCommand(around, { ...one, worktree: look, home: aside, readOnly: [command.worktree, home] });
      await removeFolder(look);
    } else {
      // The sources come when no registry is in reach any more.
      if (reach === 'nothing' && !isWhole) isWhole = Boolean(await checkOut({}));
      last = await runCommand(around, { ...one, readOnly: existsSync(aside) ? [aside] : [] });
    }
    egress.push(...(last.egress ?? []));
    if (last.exit !== 0) break;
  }
  if (!isWhole) await checkOut({});
  if (!last) throw new Error('a setup has at least one phase');
  return { ...last, egress: joined(egress) };
};

/** Cargo takes no manifest whose sources are not there, and does not read them to fetch: empty files stand for them. */
const makePlaces = async (tree: string, paths: readonly string[]): Promise<void> => {
  for (const path of paths) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), '', { flag: 'wx' });
  }
};

const isRust = (path: string): boolean => path.endsWith('.rs');

/** Where registries are: what was fetched from one is found again under its address. Proxies are told by whoever opens one. */
const networkEnv = ({ env }: Surroundings): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && forNetwork(name, value) && !/_proxy$/i.test(name) ? [[name, value]] : [],
    ),
  );

/** One entry for each host and port, as if it had been one command. */
const joined = (all: readonly Reached[]): Reached[] => {
  const byPlace = Map.groupBy(all, ({ host, port }) => `${host}:${port}`);
  return [...byPlace.values()].flatMap((entries) => {
    const [first] = entries;
    if (!first) return [];
    const sum = (name: 'connections' | 'sent' | 'received') => entries.reduce((total, entry) => total + entry[name], 0);
    const refusals = entries.flatMap(({ refused }) => refused ?? []);
    const because = refusals[0]?.because;
    const connections = refusals.reduce((total, one) => total + one.connections, 0);
    return [
      {
        ...{ host: first.host, port: first.port, connections: sum('connections'), sent: sum('sent') },
        received: sum('received'),
        ...(because !== undefined && { refused: { connections, because } }),
      },
    ];
  });
};
