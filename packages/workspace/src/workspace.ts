import { mkdir, realpath, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HiveError } from '@hive/errors';
import { isModelAuthor } from '@hive/events';
import { failpoint } from '@hive/failpoints';
import { splitPath, type Env } from './command/environment.ts';
import { endGroups, openGroups } from './command/groups.ts';
import type { Surroundings } from './command/runner.ts';
import { findSandbox, installLine } from './command/sandbox.ts';
import { ownerFile, signWorktrees } from './disk/owners.ts';
import { removeAllStaleLocks } from './disk/stale-locks.ts';
import { deliver } from './git/deliver.ts';
import { openMirror, useMirror, type Mirror } from './git/mirror.ts';
import { rebaseCommit } from './git/rebase.ts';
import { tipOf } from './git/tip.ts';
import type { Artefacts, Workspace } from './port.ts';
import { prove } from './proof/prove.ts';
import { removeFolder } from './remove-folder.ts';
import { prepareSetup } from './setup.ts';
import { openWorktree } from './worktree.ts';

/** What a workspace is made of. `env` is the environment of the Hive process, of which commands see an allow-list. */
export type WorkspaceOptions = {
  readonly home: string;
  readonly artefacts: Artefacts;
  readonly sandbox: { readonly mode: 'auto' | 'bwrap' | 'none'; readonly allowUnsandboxed: boolean };
  /** Name of the agent that the workspace works for. */
  readonly agent: string;
  /** This process's own id: its worktrees and process groups are found by it when it is gone. */
  readonly incarnation: string;
  readonly env: Env;
  readonly log?: (fields: Readonly<Record<string, unknown>>, message: string) => void;
};

/** Opens the workspace below `home`. Cheap: the sandbox is probed, and mirrors are made, at the first use. */
export const createWorkspace = (options: WorkspaceOptions): Workspace => {
  const { artefacts, incarnation, env, log = () => {} } = options;
  let opened: Promise<{ home: string; around: Surroundings }> | undefined;
  const open = () => (opened ??= openHome());
  const openHome = async () => {
    await mkdir(options.home, { recursive: true });
    const home = await realpath(options.home);
    const { kept } = splitPath(env['PATH']);
    const userHome = env['HOME'];
    const sandbox = await findSandbox({ mode: options.sandbox.mode, home, path: kept, userHome });
    log({ agent: options.agent, ...sandbox.state }, 'sandbox probed');
    const rustup = userHome === undefined ? null : join(userHome, '.rustup');
    const tools: Record<string, string> = rustup !== null && existsSync(rustup) ? { RUSTUP_HOME: rustup } : {};
    await signWorktrees(home, incarnation);
    const groups = await openGroups(home, incarnation);
    return { home, around: { env, tools, sandbox, groups, incarnation, artefacts } };
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
    if (around.sandbox.state.kind === 'bwrap') return;
    if (options.sandbox.mode !== 'bwrap' && (!who.modelAuthored || options.sandbox.allowUnsandboxed)) return;
    throw new HiveError(
      'sandbox.missing',
      `Nothing written by a model runs without a sandbox. ${around.sandbox.state.note} Install it with: ${installLine}; or set hive.sandbox.allowUnsandboxed: true`,
      { remedy: 'fix_config', details: { note: around.sandbox.state.note } },
    );
  };

  return {
    sandbox: async () => (await open()).around.sandbox.state,
    open: async ({ repo, base, setup, modelAuthored, passEnv, signal }) => {
      const { home, around } = await open();
      requireSandbox(around, { modelAuthored });
      const mirror = await mirrorOf(repo);
      await mirror.bring(base);
      const prepared = setup && (await prepareSetup(around, home, { mirror, at: base, setup, passEnv, signal }));
      return openWorktree(around, home, { mirror, base, at: base, setup: prepared, passEnv, signal });
    },
    prove: async (request) => {
      const { home, around } = await open();
      requireSandbox(around, { modelAuthored: isModelAuthor(request.author) });
      return prove(around, home, await mirrorOf(request.repo), request);
    },
    rebase: async ({ repo, ...request }) => rebaseCommit(await mirrorOf(repo), (await open()).home, request),
    tip: async (repo, branch) => tipOf(await mirrorOf(repo), branch),
    deliver: async (delivery) => deliver(await mirrorOf(delivery.repo), delivery),
    cleanUp: async (gone) => {
      const { home } = await open();
      await endGroups(home, gone);
      await removeAllStaleLocks(home);
      await failpoint('cleanup.half');
      await removeFolder(join(home, 'worktrees', gone));
      await rm(ownerFile(home, gone), { force: true });
    },
  };
};
