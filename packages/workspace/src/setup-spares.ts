import { execFile } from 'node:child_process';
import { lstatSync, readdirSync } from 'node:fs';
import { lstat, mkdir, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { setImmediate as turn, setTimeout as rest } from 'node:timers/promises';
import { giveTo } from './command/reach.ts';
import type { Owner } from './git/git.ts';
import { removeFolder } from './remove-folder.ts';
import type { PreparedSetup } from './setup.ts';

/**
 * How each file and folder of a copy was left, by its path. Whoever writes to a file, replaces it or changes its rights moves its ctime, which nobody
 * but the clock of the machine sets (POSIX.1-2024, 4.12 file times update).
 */
export type Stamps = ReadonlyMap<string, string>;

type SparedSetup = Pick<PreparedSetup, 'key' | 'paths' | 'source' | 'copyTo'>;

/** Copies of what setups left that their worktrees need no more. To copy 20,000 files takes seconds; to see that nobody has touched them a fifth of one. */
export type Spares = {
  /** Puts what a setup left into the tree of a new worktree: a spare copy that was put right, or a fresh one. Null: it cannot be handed on. */
  fill(setup: SparedSetup, tree: string): Promise<Stamps | null>;
  /** Keeps the copy in the tree of a worktree that is over, in the folder of the worktree, and removes all else there. False: nothing was kept, and all is left to remove. */
  keep(setup: SparedSetup, worktree: { readonly folder: string; readonly stamps: Stamps | null }): Promise<boolean>;
};

type Spare = { readonly key: string; readonly folder: string; readonly stamps: Stamps };

/** As many as the places of a proof that run side by side. */
const mostSpares = 3;
const idleMs = 5 * 60_000;
const mostFiles = 150_000;
/** Where more has changed a fresh copy is as good. */
const mostChanged = 200;
/** File systems tell times by ticks: what is written within one of them has the same time as what was there. */
const tickMs = 20;

/** `mark` is the file beside the tree that says which setup a worktree uses; `owner` is whom commands run as, where that is another than Hive. */
export const createSpares = (mark: string, owner?: Owner): Spares => {
  const spares: Spare[] = [];
  // What is given later would be touched by that.
  const given = async (root: string, paths: readonly string[]): Promise<Stamps | null> => {
    if (owner && paths.length > 0)
      await giveTo(
        paths.map((path) => join(root, path)),
        owner,
      );
    return stampsOf(root, paths);
  };

  const drop = async (spare: Spare): Promise<void> => {
    const at = spares.indexOf(spare);
    if (at < 0) return;
    spares.splice(at, 1);
    await removeFolder(spare.folder).catch(() => undefined); // it goes with all others of this process
  };

  const takeOne = (key: string): Spare | undefined => {
    const at = spares.findLastIndex((it) => it.key === key);
    return at < 0 ? undefined : spares.splice(at, 1)[0];
  };

  const fromSpare = async (setup: SparedSetup, tree: string): Promise<Stamps | null> => {
    const spare = takeOne(setup.key);
    if (!spare) return null;
    const root = join(spare.folder, spareName);
    try {
      const stamps = await putRight(root, setup, { before: spare.stamps, given });
      if (stamps) await moveAll(setup.paths, root, tree);
      return stamps;
    } catch {
      for (const path of setup.paths) await removeFolder(join(tree, path));
      return null;
    } finally {
      await removeFolder(spare.folder).catch(() => undefined);
    }
  };

  return {
    fill: async (setup, tree) => {
      if (setup.paths.length === 0) return null;
      const handedOn = await fromSpare(setup, tree);
      if (handedOn) return handedOn;
      await setup.copyTo(tree);
      return (await isMovable(tree, setup.paths)) ? given(tree, setup.paths) : null;
    },
    keep: async (setup, { folder, stamps }) => {
      if (stamps === null) return false;
      const root = join(folder, spareName);
      try {
        await moveAll(setup.paths, join(folder, 'tree'), root);
      } catch {
        return false; // a command has removed or replaced it
      }
      for (const name of await readdir(folder))
        if (name !== spareName && name !== mark) await removeFolder(join(folder, name));
      const spare: Spare = { key: setup.key, folder, stamps };
      spares.push(spare);
      setTimeout(() => void drop(spare), idleMs).unref();
      for (const old of spares.slice(0, -mostSpares)) await drop(old);
      return true;
    },
  };
};

const spareName = 'spare';

const moveAll = async (paths: readonly string[], from: string, to: string): Promise<void> => {
  for (const path of paths) {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await rename(join(from, path), join(to, path));
  }
};

/** A Python environment holds the path of its folder. */
const isMovable = async (root: string, paths: readonly string[]): Promise<boolean> => {
  const found = await Promise.all(paths.map((path) => lstat(join(root, path, 'pyvenv.cfg')).catch(() => null)));
  return found.every((it) => it === null);
};

/** Null where there are too many. Not at once: others of this process have their turns. */
const stampsOf = async (root: string, paths: readonly string[]): Promise<Map<string, string> | null> => {
  const stamps = new Map<string, string>();
  const left = [...paths];
  let newestMs = 0;
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    const at = join(root, path);
    const { ino, mode, uid, gid, size, mtimeMs, ctimeMs } = lstatSync(at);
    newestMs = Math.max(newestMs, ctimeMs);
    const isFolder = (mode & kinds) === folders;
    stamps.set(path, isFolder ? `${mode} ${uid} ${gid}` : `${ino} ${mode} ${uid} ${gid} ${size} ${mtimeMs} ${ctimeMs}`);
    if (isFolder) for (const name of readdirSync(at)) left.push(`${path}/${name}`);
    if (stamps.size > mostFiles) return null;
    if (stamps.size % 500 === 0) await turn();
  }
  const since = Date.now() - newestMs;
  if (since < tickMs) await rest(tickMs - Math.max(0, since));
  return stamps;
};

/** Of the mode of a file, which kind it is (stat(2)). */
const kinds = 0o170000;
const folders = 0o040000;

/** Makes a spare copy what the setup left: takes away what has come, and copies anew what was touched. Null: a fresh copy is as good. */
const putRight = async (
  root: string,
  { source, paths }: SparedSetup,
  {
    before,
    given,
  }: {
    readonly before: Stamps;
    readonly given: (root: string, paths: readonly string[]) => Promise<Stamps | null>;
  },
): Promise<Stamps | null> => {
  const now = await stampsOf(root, paths);
  if (!now) return null;
  const changed = [...now.keys(), ...before.keys()].filter((path) => now.get(path) !== before.get(path));
  const tops: string[] = [];
  // A folder comes before what is in it.
  for (const path of [...new Set(changed)].toSorted()) {
    if (tops.some((top) => path.startsWith(`${top}/`))) continue;
    if (tops.push(path) > mostChanged) return null;
  }
  const back = tops.filter((path) => before.has(path));
  for (const path of tops) {
    await removeFolder(join(root, path));
    for (const it of now.keys()) if (it === path || it.startsWith(`${path}/`)) now.delete(it);
  }
  for (const path of back)
    await run('/bin/cp', [...howToCopy, '--', join(source, path), join(root, path)], { env: {} });
  for (const [path, stamp] of (await given(root, back)) ?? []) now.set(path, stamp);
  return now;
};

/** Arguments of `cp` that keep all of a file but its place, and share its blocks where the file system can. */
export const howToCopy: readonly string[] = process.platform === 'linux' ? ['-a', '--reflink=auto'] : ['-Rp'];

const run = promisify(execFile);
