import { randomUUID } from 'node:crypto';
import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { chmod, lchown, lstat, mkdir, rename, rmdir, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as turn, setTimeout as rest } from 'node:timers/promises';
import { giveTo } from './command/reach.ts';
import { copyFiles } from './copy-files.ts';
import type { Owner } from './git/git.ts';
import { removeFolder } from './remove-folder.ts';
import type { PreparedSetup } from './setup.ts';

/**
 * How everything in a copy was left, by its path; paths are read as latin1, so that each byte of a name counts. Whoever writes to a file, replaces it or changes
 * its rights moves its ctime, which no call sets (POSIX.1-2024, 4.12 file times update).
 */
export type Stamps = ReadonlyMap<string, Stamp>;

/** `mark` is equal where nothing has happened; `links` counts the names of a file, and is null for a folder. */
type Stamp = { readonly mark: string; readonly links: number | null };

type SparedSetup = Pick<PreparedSetup, 'key' | 'paths' | 'source' | 'copyTo'>;

/** Copies of what setups left that their worktrees need no more. To copy 20,000 files takes seconds; to see that nobody has touched them a fifth of one. */
export type Spares = {
  /** Puts what a setup left into the tree of a new worktree: a spare copy that was put right, or a fresh one. Null: it cannot be handed on. */
  fill(setup: SparedSetup, tree: string): Promise<Stamps | null>;
  /** Takes the copy out of the tree of a worktree that is over, and keeps it. Where it cannot, all stays to be removed with the worktree. */
  keep(setup: SparedSetup, worktree: { readonly folder: string; readonly stamps: Stamps | null }): Promise<void>;
};

type Spare = {
  readonly key: string;
  /** Which run of the setup it is a copy of. */
  readonly of: string;
  readonly folder: string;
  readonly stamps: Stamps;
  readonly timer: NodeJS.Timeout;
};

/** As many as the places of a proof that run side by side. */
const mostSpares = 3;
const idleMs = 5 * 60_000;
const mostFiles = 150_000;
/** Where more has changed a fresh copy is as good. */
const mostChanged = 200;
/** File systems tell times by ticks: what is written within one of them has the same time as what was there. */
const tickMs = 20;

/** `owner` is whom commands run as, where that is another than Hive. */
export const createSpares = (owner?: Owner): Spares => {
  const spares: Spare[] = [];

  const takeOut = (spare: Spare): void => {
    clearTimeout(spare.timer);
    spares.splice(spares.indexOf(spare), 1);
  };

  const drop = async (spare: Spare): Promise<void> => {
    if (!spares.includes(spare)) return;
    takeOut(spare);
    await removeFolder(spare.folder).catch(() => undefined); // it goes with all others of this process
  };

  /** What is given later would be touched by that. */
  const given = async (root: string, paths: readonly string[]): Promise<Map<string, Stamp> | null> => {
    if (owner && paths.length > 0)
      await giveTo(
        paths.map((path) => join(root, path)),
        owner,
      );
    return stampsOf(root, paths.map(inBytes), mostFiles);
  };

  const fromSpare = async (setup: SparedSetup, tree: string): Promise<Stamps | null> => {
    const of = await runOf(setup);
    const spare = spares.findLast((it) => it.key === setup.key && it.of === of);
    if (!spare) return null;
    takeOut(spare);
    try {
      const stamps = await putRight(spare, setup, given);
      if (stamps) await moveAll(setup.paths, spare.folder, tree);
      return stamps;
    } catch {
      for (const path of setup.paths) await removeFolder(join(tree, path));
      return null;
    } finally {
      await removeFolder(spare.folder).catch(() => undefined);
    }
  };

  const copyFresh = async (setup: SparedSetup, tree: string): Promise<void> => {
    try {
      await setup.copyTo(tree);
    } catch (error) {
      if (spares.length === 0) throw error;
      // They may be what fills the disk.
      for (const spare of [...spares]) await drop(spare);
      for (const path of setup.paths) await removeFolder(join(tree, path));
      await setup.copyTo(tree);
    }
  };

  return {
    fill: async (setup, tree) => {
      if (setup.paths.length === 0) return null;
      const handedOn = await fromSpare(setup, tree);
      if (handedOn) return handedOn;
      await copyFresh(setup, tree);
      if (!(await isMovable(tree, setup.paths))) return null;
      return given(tree, setup.paths).catch(() => null); // only what can be looked at is handed on
    },
    keep: async (setup, { folder, stamps }) => {
      if (stamps === null) return;
      const aside = join(dirname(folder), `spare-${randomUUID()}`);
      try {
        const of = await runOf(setup);
        await mkdir(aside);
        await moveAll(setup.paths, join(folder, 'tree'), aside);
        const spare: Spare = {
          ...{ key: setup.key, of, folder: aside, stamps },
          timer: setTimeout(() => void drop(spare), idleMs).unref(),
        };
        spares.push(spare);
        for (const old of spares.slice(0, -mostSpares)) await drop(old);
      } catch {
        // A command has removed it, or put something else in its place.
        await removeFolder(aside).catch(() => undefined);
      }
    },
  };
};

/** A setup that is run anew leaves another folder. */
const runOf = async ({ source }: SparedSetup): Promise<string> => {
  const { ino, birthtimeMs } = await lstat(source);
  return `${ino} ${birthtimeMs}`;
};

/** Never through a link: a command may have put one in the place of a folder on the way. Nothing is moved unless all can be. */
const moveAll = async (paths: readonly string[], from: string, to: string): Promise<void> => {
  for (const path of paths) {
    await lstat(join(from, path));
    for (let at = dirname(path); at !== '.'; at = dirname(at))
      if (!(await lstat(join(from, at))).isDirectory()) throw new Error(`${at} is no folder`);
  }
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

const inBytes = (path: string): string => Buffer.from(path).toString('latin1');
const at = (root: string, bytes: string): Buffer =>
  Buffer.concat([Buffer.from(`${root}/`), Buffer.from(bytes, 'latin1')]);
/** The path as text; null where it is none, so that no program could be told of it. */
const asText = (bytes: string): string | null => {
  const text = Buffer.from(bytes, 'latin1').toString();
  return inBytes(text) === bytes ? text : null;
};

const markOf = ({ ino, mode, uid, gid, size, mtimeMs, ctimeMs, ...it }: Stats, isFolder: boolean): string =>
  [...(isFolder ? [] : [ino, size, it.nlink]), mode, uid, gid, mtimeMs, ctimeMs].join(' ');

/** Null where there are more than `most`, or where the file system tells times by whole seconds. Not at once: others of this process have their turns. */
const stampsOf = async (root: string, paths: readonly string[], most: number): Promise<Map<string, Stamp> | null> => {
  const stamps = new Map<string, Stamp>();
  const left = [...paths];
  let newestMs = 0;
  let isFine = false;
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    const place = at(root, path);
    const stats = lstatSync(place);
    const isFolder = stats.isDirectory();
    newestMs = Math.max(newestMs, stats.ctimeMs);
    isFine ||= stats.ctimeMs % 1000 !== 0;
    stamps.set(path, { mark: markOf(stats, isFolder), links: isFolder ? null : stats.nlink });
    if (isFolder) for (const name of readdirSync(place, 'latin1')) left.push(`${path}/${name}`);
    if (stamps.size + left.length > most) return null;
    if (stamps.size % 500 === 0) await turn();
  }
  if (!isFine && stamps.size > 0) return null;
  const since = Date.now() - newestMs;
  if (since < tickMs) await rest(tickMs - Math.max(0, since));
  return stamps;
};

/** What a command has done to a copy: `replaced` has come, is gone or is another file; of `renewed` folders only their own times and rights are others. */
type Touched = { readonly replaced: readonly string[]; readonly renewed: readonly string[] };

/** Null where a fresh copy is as good, or the only way: a file with several names is not put back as one. */
const touchedOf = (before: Stamps, now: Stamps): Touched | null => {
  const changed = [...before.keys()].filter((path) => now.get(path)?.mark !== before.get(path)?.mark);
  for (const path of now.keys()) if (!before.has(path)) changed.push(path);
  if (changed.length > 10 * mostChanged) return null;
  const replaced: string[] = [];
  const renewed: string[] = [];
  const within = new Set<string>();
  // A folder comes before what is in it.
  for (const path of changed.toSorted((a, b) => a.length - b.length)) {
    if (asText(path) === null) return null;
    if (foldersAround(path).some((folder) => within.has(folder))) continue;
    const [then, is] = [before.get(path), now.get(path)];
    if (then && is && then.links === null && is.links === null) renewed.push(path);
    else {
      if ((then?.links ?? 1) > 1 || (is?.links ?? 1) > 1) return null;
      replaced.push(path);
      within.add(path);
    }
  }
  return replaced.length + renewed.length > mostChanged ? null : { replaced, renewed };
};

const foldersAround = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map((_, index, { length }) => path.split('/', length - index).join('/'));

/** Makes a spare copy what the setup left: takes away what has come, and copies anew what was touched. Null: a fresh copy is as good. */
const putRight = async (
  { folder, stamps: before }: Spare,
  { source, paths }: SparedSetup,
  given: (root: string, paths: readonly string[]) => Promise<Map<string, Stamp> | null>,
): Promise<Stamps | null> => {
  const now = await stampsOf(folder, paths.map(inBytes), before.size + 10 * mostChanged);
  const touched = now && touchedOf(before, now);
  if (!touched) return null;
  for (const path of [...now.keys()])
    if (touched.replaced.some((it) => it === path || path.startsWith(`${it}/`))) now.delete(path);
  const back: string[] = [];
  for (const bytes of touched.replaced) {
    const path = asText(bytes) ?? '';
    await removeFolder(join(folder, path));
    if (!before.has(bytes)) continue;
    await copyFiles([join(source, path)], join(folder, dirname(path)));
    back.push(path);
  }
  const restamped = await given(folder, back);
  if (!restamped) return null;
  for (const [path, stamp] of restamped) now.set(path, stamp);
  // To put something into a folder touches that, and so on outwards. The outermost ones are touched by their move, and always made anew; the innermost come first.
  const around = [...touched.replaced, ...touched.renewed].flatMap(foldersAround);
  const tops = paths.map(inBytes).filter((path) => now.get(path)?.links === null);
  const renewed = [...new Set([...touched.renewed, ...around, ...tops])].filter((path) => now.has(path));
  for (const path of renewed.toSorted((a, b) => b.length - a.length)) await renew(folder, path, now, source);
  await rest(tickMs);
  return now;
};

/** Another folder with the same in it: what else a command has set on the old one goes with that. */
const renew = async (root: string, bytes: string, stamps: Map<string, Stamp>, source: string): Promise<void> => {
  const path = asText(bytes);
  if (path === null) throw new Error('a folder whose name is no text');
  const old = join(root, path);
  const { uid, gid } = await lstat(old);
  const { mode, atimeMs, mtimeMs } = await lstat(join(source, path));
  const made = join(root, `made-${randomUUID()}`);
  await mkdir(made, { mode: 0o700 });
  const names = readdirSync(old, 'latin1');
  for (const name of names) await rename(at(old, name), at(made, name));
  await rmdir(old);
  await chmod(made, mode & 0o7777);
  await lchown(made, uid, gid);
  await utimes(made, atimeMs / 1000, mtimeMs / 1000);
  await rename(made, old);
  for (const it of [bytes, ...names.map((name) => `${bytes}/${name}`)]) {
    const stats = lstatSync(at(root, it));
    const isFolder = stats.isDirectory();
    stamps.set(it, { mark: markOf(stats, isFolder), links: isFolder ? null : stats.nlink });
  }
};
