import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failpoint } from '@hive/failpoints';
import { runCommand, type Surroundings } from './command/runner.ts';
import { keepWorktree } from './disk/kept.ts';
import { applyPatch } from './git/apply.ts';
import { commitTree } from './git/commit.ts';
import { pathsBetween } from './git/diff.ts';
import { createFiles } from './files/files.ts';
import { searchIndex } from './files/search.ts';
import { git, gitText, type GitOptions } from './git/git.ts';
import type { Mirror } from './git/mirror.ts';
import { stage } from './git/stage.ts';
import type { Worktree } from './port.ts';
import { removeFolder } from './remove-folder.ts';
import type { PreparedSetup } from './setup.ts';
import type { Stamps } from './setup-spares.ts';
import type { Toolchain } from './prepare-toolchain.ts';

/** How a worktree is made: `at` is what is checked out, a commit or tree. */
export type WorktreeRequest = {
  readonly mirror: Mirror;
  readonly base: string;
  readonly at: string;
  readonly setup: PreparedSetup | null;
  /** What the tools of its commands have compiled; what the setup brings goes first. */
  readonly toolchain?: Toolchain | null;
  readonly passEnv: readonly string[];
  readonly signal: AbortSignal;
};

/** A worktree that can begin again. */
export type RestorableWorktree = Worktree & {
  /** Puts all files that git does not ignore back as they were checked out. */
  restore(): Promise<void>;
};

/**
 * Checks out into a folder of its own below `HIVE_HOME/worktrees/<incarnation>`. The index is beside the checkout, so the
 * folder holds content only: nothing that a task plants there configures git.
 */
export const openWorktree = async (
  around: Surroundings,
  home: string,
  request: WorktreeRequest,
): Promise<RestorableWorktree> => {
  const { mirror, base, at, setup, toolchain } = request;
  const folder = await newFolder(join(home, 'worktrees'), around.incarnation);
  const dir = join(folder, 'tree');
  await mkdir(dir);
  const options: GitOptions = { gitDir: mirror.gitDir, workTree: dir, index: join(folder, 'index') };
  const built = join(folder, 'build');
  let found: Readonly<Record<string, string>> = {};
  let stamps: Stamps | null = null;
  let removed: Promise<void> | null = null;
  const removeAll = async () => {
    if (setup) await around.spares.keep(setup, { folder, stamps });
    await removeFolder(folder);
  };
  const remove = () =>
    (removed ??= removeAll().catch((error: unknown) => {
      removed = null;
      throw error;
    }));
  try {
    await failpoint('worktree.half');
    if (setup) {
      // While this worktree is here, what it was copied from stays too: checks read more of it.
      await writeFile(join(folder, setupMark), setup.key);
      stamps = await around.spares.fill(setup, dir);
      found = await setup.copyCaches(built);
    }
    if (toolchain && Object.keys(found).length === 0) found = await toolchain.copyCaches(built);
    // After the copy: what the commit has wins over what a setup left in its place.
    await git(['read-tree', '--reset', '-u', at], { ...options, signal: request.signal });
    await failpoint('worktree.added');
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
  const made = setup?.paths ?? [];
  const stagedTree = async () => {
    await stage(options, dir, made);
    return gitText(['write-tree'], options);
  };
  const { checks } = around.granted(mirror.user.root);
  const usual = checks.length > 0 || around.asks ? checks : 'none';
  const run: Worktree['run'] = async (argv, { timeoutMs, signal, network = usual }) => {
    let hasEnded = false;
    try {
      const result = await runCommand(around, {
        argv,
        worktree: dir,
        scratch: folder,
        readOnly: setup?.readOnly ?? [],
        ...(Object.keys(found).length > 0 && { writable: [built] }),
        extra: { ...setup?.env, ...found },
        passEnv: request.passEnv,
        network,
        timeoutMs,
        signal,
      });
      hasEnded = result.infra === undefined;
      return result;
    } finally {
      // Of one that was stopped something may live on, where no sandbox holds it.
      if (!hasEnded) stamps = null;
    }
  };
  return {
    dir,
    base,
    files: createFiles(dir, async (search) => {
      await stage(options, dir, made);
      return searchIndex(search, { ...options, signal: request.signal });
    }),
    apply: (patch) => applyPatch(patch, 'both', options),
    changedPaths: async () => pathsBetween(mirror.gitDir, base, await stagedTree()),
    commit: async (message) => {
      const tree = await stagedTree();
      return commitTree(mirror.gitDir, { base, tree, message });
    },
    run,
    tryOut: async (argv, how) => {
      const before = await stagedTree();
      const result = await run(argv, how);
      const after = await stagedTree();
      if (after !== before) await git(['read-tree', '--reset', '-u', before], options);
      return { ...result, undone: after === before ? [] : await pathsBetween(mirror.gitDir, before, after) };
    },
    restore: async () => {
      await stage(options, dir, made);
      await git(['read-tree', '--reset', '-u', at], options);
    },
    keep: async (taskId) => {
      await removeFolder(built); // what people look for is in the tree
      await keepWorktree(home, folder, taskId);
      removed = Promise.resolve();
    },
    remove,
  };
};

/** Names the setup that a worktree uses, beside its tree. */
export const setupMark = 'setup';

const newFolder = async (worktrees: string, incarnation: string): Promise<string> => {
  const parent = join(worktrees, incarnation);
  await mkdir(parent, { recursive: true });
  // Ends the search of Node and npm for a package above a worktree that has none: Hive's own clone may be up there.
  await writeFile(join(worktrees, 'package.json'), '{}\n', { flag: 'wx' }).catch(() => undefined);
  for (let number = 1; ; number++) {
    const folder = join(parent, String(number));
    const made = await mkdir(folder).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    );
    if (made) return folder;
  }
};
