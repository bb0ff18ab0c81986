import { mkdir, realpath, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { HiveError } from '@hive/errors';
import { isModelAuthor } from '@hive/events';
import { failpoint } from '@hive/failpoints';
import { splitPath, type Env } from './command/environment.ts';
import { endGroups, openGroups } from './command/groups.ts';
import { findLimiter, limitsNote } from './command/limits/limiter.ts';
import { defaultLimits, type CommandLimits } from './command/limits/limits.ts';
import type { Surroundings } from './command/runner.ts';
import { installLine } from './command/backends/bwrap.ts';
import { findSandbox } from './command/sandbox.ts';
import { ownerFile, signWorktrees } from './disk/owners.ts';
import { removeAllStaleLocks } from './disk/stale-locks.ts';
import { grantOf } from './egress/grants.ts';
import { deliver, giveUp } from './git/deliver.ts';
import { landingOf } from './git/landing.ts';
import { openMirror, useMirror, type Mirror } from './git/mirror.ts';
import { readTextsAt } from './git/read-texts-at.ts';
import { rebaseCommit } from './git/rebase.ts';
import { sealCommit } from './git/seal.ts';
import { tipOf } from './git/tip.ts';
import type { AgreedHosts, Artefacts, Workspace } from './port.ts';
import { prove } from './proof/prove.ts';
import { removeFolder } from './remove-folder.ts';
import { prepareSetup } from './setup.ts';
import { createSpares } from './setup-spares.ts';
import { openWorktree } from './worktree.ts';

/** What a workspace is made of. `env` is the environment of the Hive process, of which commands see an allow-list. */
export type WorkspaceOptions = {
  readonly home: string;
  readonly artefacts: Artefacts;
  readonly sandbox: {
    /** `required`: nothing runs without one; `none`: not even where one works. */
    readonly mode: 'auto' | 'required' | 'none';
    readonly allowUnsandboxed: boolean;
    readonly limits?: CommandLimits;
    /** Which one (default `auto`), and the image of a container. */
    readonly backend?: 'auto' | 'bwrap' | 'podman' | 'docker' | 'srt';
    readonly image?: string | null;
  };
  /** The machine that evidence names; without it, as the machine calls itself. */
  readonly host?: string;
  /** Name of the agent that the workspace works for. */
  readonly agent: string;
  /** This process's own id: its worktrees and process groups are found by it when it is gone. */
  readonly incarnation: string;
  readonly env: Env;
  /** Hosts that commands of a repository may reach, by its folder, as {@link HostGrant} has them; a setup reaches registries besides. */
  readonly egress?: (repo: string) => { readonly setup: readonly string[]; readonly checks: readonly string[] };
  readonly log?: (fields: Readonly<Record<string, unknown>>, message: string) => void;
};

/** Opens the workspace below `home`. Cheap: the sandbox is probed, and mirrors are made, at the first use. */
export const createWorkspace = (options: WorkspaceOptions): Workspace => {
  const { artefacts, incarnation, env, log = () => {} } = options;
  const granted = (repo: string) => {
    const { setup = [], checks = [] } = options.egress?.(repo) ?? {};
    return {
      setup: setup.flatMap((text) => grantOf(text) ?? []),
      checks: checks.flatMap((text) => grantOf(text) ?? []),
    };
  };
  let opened: Promise<{ home: string; around: Surroundings }> | undefined;
  const open = () => (opened ??= openHome());
  const openHome = async () => {
    await mkdir(options.home, { recursive: true });
    const home = await realpath(options.home);
    const { kept } = splitPath(env['PATH']);
    const userHome = env['HOME'];
    const [found, limiter] = await Promise.all([
      findSandbox({ ...options.sandbox, home, path: kept, userHome, env, incarnation }),
      findLimiter(options.sandbox.limits ?? defaultLimits, incarnation),
    ]);
    const state = { ...found.state, limits: limitsNote(limiter, found.countsProcesses) };
    const sandbox = { ...found, state };
    log({ agent: options.agent, ...state }, 'sandbox probed');
    const rustup = userHome === undefined ? null : join(userHome, '.rustup');
    const tools: Record<string, string> = rustup !== null && existsSync(rustup) ? { RUSTUP_HOME: rustup } : {};
    await signWorktrees(home, incarnation);
    const groups = await openGroups(home, incarnation, limiter.control?.parents ?? []);
    return {
      home,
      around: {
        home,
        host: options.host ?? hostname(),
        env,
        tools,
        granted,
        sandbox,
        limiter,
        groups,
        incarnation,
        artefacts,
        spares: createSpares(found.owner),
      },
    };
  };

  const mirrors = new Map<string, Promise<Mirror>>();
  const mirrorOf = async (repo: string): Promise<Mirror> => {
    const { home } = await open();
    const known = await mirrors.get(repo);
    // It may have been removed meanwhile, and made again by somebody else.
    if (known && (await useMirror(known.gitDir)) === known.id) return known;
    const mirror = openMirror(home, repo);
    mirrors.set(repo, mirror);
    mirror.catch(() => mirrors.delete(repo));
    return mirror;
  };

  /** A person's own change equals what they could run by hand; a model's change needs the sandbox. */
  const requireSandbox = (around: Surroundings, who: { modelAuthored: boolean }) => {
    if (around.sandbox.state.kind !== 'none') return;
    if (options.sandbox.mode !== 'required' && (!who.modelAuthored || options.sandbox.allowUnsandboxed)) return;
    throw new HiveError(
      'sandbox.missing',
      options.sandbox.mode === 'required'
        ? `hive.yaml requires a sandbox, and there is none. ${around.sandbox.state.note} Install one with: ${installLine}`
        : `Nothing written by a model runs without a sandbox. ${around.sandbox.state.note} Install one with: ${installLine}; or set hive.sandbox.allowUnsandboxed: true`,
      { remedy: 'fix_config', details: { note: around.sandbox.state.note } },
    );
  };

  return {
    sandbox: async () => (await open()).around.sandbox.state,
    open: async ({ repo, base, setup, modelAuthored, passEnv, hosts, signal }) => {
      const { home, around: usual } = await open();
      const around = withHosts(usual, hosts);
      requireSandbox(around, { modelAuthored });
      const mirror = await mirrorOf(repo);
      await mirror.bring(base);
      const prepared = setup && (await prepareSetup(around, home, { mirror, at: base, setup, passEnv, signal }));
      return openWorktree(around, home, { mirror, base, at: base, setup: prepared, passEnv, signal });
    },
    prove: async (request) => {
      const { home, around: usual } = await open();
      const around = withHosts(usual, request.hosts);
      requireSandbox(around, { modelAuthored: isModelAuthor(request.author) });
      return prove(around, home, await mirrorOf(request.repo), request);
    },
    rebase: async ({ repo, ...request }) => rebaseCommit(await mirrorOf(repo), (await open()).home, request),
    seal: async ({ repo, ...request }) => sealCommit(await mirrorOf(repo), request),
    readTexts: async ({ repo, ...request }) => readTextsAt(await mirrorOf(repo), request),
    tip: async (repo, branch) => tipOf(await mirrorOf(repo), branch),
    landing: async (request) => landingOf(await mirrorOf(request.repo), request),
    deliver: async (delivery) => deliver(await mirrorOf(delivery.repo), delivery),
    giveUp: async (move) => giveUp(await mirrorOf(move.repo), move),
    cleanUp: async (gone) => {
      const { home, around } = await open();
      await endGroups(home, gone);
      await around.sandbox.cleanUp?.(gone);
      await removeAllStaleLocks(home);
      await failpoint('cleanup.half');
      await removeFolder(join(home, 'worktrees', gone));
      await rm(ownerFile(home, gone), { force: true });
    },
  };
};

/** The surroundings of commands that may reach what a person agreed to. */
const withHosts = (around: Surroundings, hosts: AgreedHosts | undefined): Surroundings => {
  if (!hosts) return around;
  const more = (texts: readonly string[]) => texts.flatMap((text) => grantOf(text) ?? []);
  return {
    ...around,
    asks: { refused: hosts.refused },
    granted: (repo) => {
      const { setup, checks } = around.granted(repo);
      return { setup: [...setup, ...more(hosts.setup)], checks: [...checks, ...more(hosts.checks)] };
    },
  };
};
