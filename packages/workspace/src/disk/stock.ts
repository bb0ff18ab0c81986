import { lstat, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mirrorMark } from '../git/mirror.ts';
import { setupMark } from '../worktree.ts';
import { keptFolder } from './kept.ts';
import { markedAt, takenAt } from './mark.ts';
import { isOwnerAlive } from './owners.ts';
import { sizeOf } from './size.ts';

/** What an agent's worktrees, a kept worktree, the result of a setup, a mirror, a log or a passing file of Hive is called. */
export type Kind = 'worktrees' | 'kept' | 'cache' | 'mirror' | 'log' | 'scratch';

/** One thing below HIVE_HOME that takes room. */
export type Item = {
  readonly kind: Kind;
  /** The incarnation, task, setup or repository that it is named after, or the name of the file. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** How many worktrees an incarnation has; else 1. */
  readonly count: number;
  /** When it was last used, in milliseconds; of a kept worktree, when it was put aside. */
  readonly usedAt: number;
  /** A process is at it: it signed for its worktrees, or a worktree that is there uses it. */
  readonly isInUse: boolean;
  /** False for a setup that has not come to its end. */
  readonly isWhole: boolean;
};

/** All that lies below HIVE_HOME but the store and its artefacts. */
export const takeStock = async (home: string): Promise<readonly Item[]> => {
  const [worktrees, kept, mirrors, logs, scratch] = await Promise.all([
    worktreesOf(home),
    keptOf(home),
    mirrorsOf(home),
    logsOf(home),
    scratchOf(home),
  ]);
  return [...worktrees, ...kept, ...(await cachesOf(home)), ...mirrors, ...logs, ...scratch];
};

const list = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

const changedAt = (path: string): Promise<number> =>
  lstat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );

type Base = Pick<Item, 'kind' | 'name' | 'path'> & Partial<Item>;

const item = async (base: Base): Promise<Item> => ({
  count: 1,
  isInUse: false,
  isWhole: true,
  bytes: base.bytes ?? (await sizeOf(base.path)).bytes,
  usedAt: base.usedAt ?? (await changedAt(base.path)),
  ...base,
});

const isIncarnation = (name: string): boolean => /^[0-9a-f-]{36}$/.test(name);

const incarnationsOf = async (home: string): Promise<string[]> => {
  const names = await Promise.all(
    ['worktrees', 'run/groups', 'run/owners'].map((folder) => list(join(home, ...folder.split('/')))),
  );
  return [...new Set(names.flat())].filter(isIncarnation);
};

const worktreesOf = async (home: string): Promise<Item[]> =>
  Promise.all(
    (await incarnationsOf(home)).map(async (name) => {
      const path = join(home, 'worktrees', name);
      const [numbers, isInUse] = await Promise.all([list(path), isOwnerAlive(home, name)]);
      return item({ kind: 'worktrees', name, path, count: numbers.length, isInUse });
    }),
  );

const keptOf = async (home: string): Promise<Item[]> =>
  Promise.all(
    (await list(keptFolder(home))).map(async (name) => {
      const path = join(keptFolder(home), name);
      const usedAt = await changedAt(path); // before a size is noted in it
      return item({ kind: 'kept', name, path, usedAt, bytes: await sizeOnce(path, { until: usedAt }) });
    }),
  );

const mirrorsOf = async (home: string): Promise<Item[]> => {
  const folder = join(home, 'mirrors');
  const names = (await list(folder)).filter((name) => name.endsWith('.git'));
  return Promise.all(
    names.map(async (file) => {
      const path = join(folder, file);
      const mark = mirrorMark(path);
      const usedAt = (await markedAt(mark)) ?? (await takenAt(mark)) ?? (await changedAt(path));
      return item({ kind: 'mirror', name: file.slice(0, -'.git'.length), path, usedAt });
    }),
  );
};

const logsOf = async (home: string): Promise<Item[]> => {
  const folder = join(home, 'logs');
  return Promise.all((await list(folder)).map((name) => item({ kind: 'log', name, path: join(folder, name) })));
};

const scratchOf = async (home: string): Promise<Item[]> => {
  const among = async (folder: string, pattern: RegExp): Promise<Item[]> =>
    Promise.all(
      (await list(join(home, folder)))
        .filter((name) => pattern.test(name))
        .map((name) => item({ kind: 'scratch', name, path: join(home, folder, name) })),
    );
  const places = await Promise.all([
    among('run', /^(?:tests|rebase|try)-/),
    among('worktrees', /^probe-/),
    among('trash', /./),
    among('quarantine', /./),
  ]);
  return places.flat();
};

const cachesOf = async (home: string): Promise<Item[]> => {
  const folder = join(home, 'setup');
  const used = await setupsInUse(home);
  const names = (await list(folder)).filter((name) => /^[0-9a-f]{16}$/.test(name));
  const items: Item[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const doneAt = await markedAt(doneFile(path));
    items.push(
      await item({
        kind: 'cache',
        name,
        path,
        isWhole: doneAt !== null,
        isInUse: used.has(name),
        usedAt: doneAt ?? (await takenAt(doneFile(path))) ?? (await changedAt(path)),
        ...(doneAt !== null && { bytes: await sizeOnce(path, {}) }),
      }),
    );
  }
  return items;
};

/** The mark of a setup that came to its end. */
export const doneFile = (setup: string): string => join(setup, 'done.json');

const setupsInUse = async (home: string): Promise<Set<string>> => {
  const names = new Set<string>();
  for (const incarnation of (await list(join(home, 'worktrees'))).filter(isIncarnation))
    for (const number of await list(join(home, 'worktrees', incarnation))) {
      const name = await readFile(join(home, 'worktrees', incarnation, number, setupMark), 'utf8').catch(() => null);
      if (name !== null) names.add(name);
    }
  return names;
};

/** The size of a folder that does not change any more, measured once: it may hold a hundred thousand files. */
const sizeOnce = async (folder: string, { until }: { readonly until?: number }): Promise<number> => {
  const file = join(folder, 'bytes');
  const known = Number(await readFile(file, 'utf8').catch(() => ''));
  if (known > 0) return known;
  const { bytes } = await sizeOf(folder);
  await writeFile(file, String(bytes)).catch(() => undefined); // somebody else's home is only looked at
  // Its time goes on from when it was put aside, not from when it was measured.
  if (until !== undefined) await utimes(folder, until / 1000, until / 1000).catch(() => undefined);
  return bytes;
};
