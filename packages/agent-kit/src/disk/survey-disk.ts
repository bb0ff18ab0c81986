import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { HiveConfig } from '@hive/config';
import { listArtefacts, type Store } from '@hive/core-db';
import {
  lackOfRoom,
  readSpace,
  sizeOf,
  takeStock,
  type Belongings,
  type Item,
  type ReadSpace,
  type Space,
} from '@hive/workspace';
import { belongingsOf } from './belongings.ts';

/** The room on the file system of a home. */
export const spaceOf = ({ home }: Pick<HiveConfig, 'home'>): Promise<Space> => readSpace(home);

/** What one kind of thing takes, and how much of its cap that is. `count` says how many there are. */
export type DiskUse = {
  readonly kind: 'events' | 'artefacts' | 'worktrees' | 'caches' | 'mirrors' | 'logs' | 'other';
  readonly bytes: number;
  readonly count: number;
  readonly capBytes: number | null;
  readonly percent: number | null;
};

/** The worktree of a failed task that is kept for a look. `until` is null while the task is open. */
export type KeptWorktree = {
  readonly task: string;
  readonly path: string;
  readonly bytes: number;
  readonly since: string;
  readonly until: string | null;
};

/** What Hive keeps, and the room around it. */
export type DiskSurvey = {
  readonly home: string;
  readonly space: Space & { readonly floorBytes: number; readonly lack: string | null };
  readonly uses: readonly DiskUse[];
  readonly kept: readonly KeptWorktree[];
};

/** Looks at all that Hive keeps, whether it runs or not. Changes nothing. Without a store there are no events yet. */
export const surveyDisk = async (
  { config, store }: { readonly config: Pick<HiveConfig, 'home' | 'disk'>; readonly store: Store | null },
  read: ReadSpace = readSpace,
): Promise<DiskSurvey> => {
  const { home, disk } = config;
  const [space, stock, artefacts, events, others] = await Promise.all([
    read(home),
    takeStock(home),
    listArtefacts(home),
    eventsIn(store),
    othersIn(home),
  ]);
  const of = (...kinds: readonly Item['kind'][]) => stock.filter((item) => kinds.includes(item.kind));
  return {
    home,
    space: { ...space, floorBytes: disk.floorBytes, lack: lackOfRoom(home, space, disk.floorBytes) },
    uses: [
      use('events', [events], null),
      use('artefacts', artefacts, null),
      use('worktrees', of('worktrees', 'kept'), disk.worktreesBytes),
      use('caches', of('cache'), disk.cachesBytes),
      use('mirrors', of('mirror'), disk.mirrorsBytes),
      use('logs', of('log'), disk.logsBytes),
      use('other', others, null),
    ],
    kept: await keptOf(of('kept'), store, disk.failedMs),
  };
};

const eventsIn = async (store: Store | null): Promise<{ bytes: number; count: number }> => {
  if (store === null) return { bytes: 0, count: 0 };
  const [about, end] = await Promise.all([store.about(), store.end()]);
  return { bytes: about.bytes, count: end.position };
};

/** Counted by kind; the database is part of the events. */
const isCounted = (name: string): boolean =>
  /^(?:artefacts|worktrees|setup|mirrors|logs|hive\.db(?:-wal|-shm)?)$/.test(name);

/** Whatever else lies in the home: signatures, backups, a key, what is passing. */
const othersIn = async (home: string): Promise<{ bytes: number; count: number }[]> => {
  const names = await readdir(home).catch(() => []);
  const sizes = names.filter((name) => !isCounted(name)).map((name) => sizeOf(join(home, name)));
  return (await Promise.all(sizes)).map(({ bytes, files }) => ({ bytes, count: files }));
};

const use = (
  kind: DiskUse['kind'],
  items: readonly { readonly bytes: number; readonly count?: number }[],
  capBytes: number | null,
): DiskUse => {
  const bytes = items.reduce((sum, item) => sum + item.bytes, 0);
  const count = items.reduce((sum, item) => sum + (item.count ?? 1), 0);
  return { kind, bytes, count, capBytes, percent: capBytes === null ? null : Math.round((bytes / capBytes) * 100) };
};

const noTasks: Belongings['tasks'] = new Map();

const keptOf = async (items: readonly Item[], store: Store | null, failedMs: number): Promise<KeptWorktree[]> => {
  const names = items.map(({ name }) => name);
  const tasks = store === null || names.length === 0 ? noTasks : (await belongingsOf(store, names)).tasks;
  return items.map(({ name, path, bytes, usedAt }) => {
    const settledAt = tasks.get(name)?.settledAt ?? null;
    return {
      task: name,
      path,
      bytes,
      since: new Date(usedAt).toISOString(),
      until: settledAt === null ? null : new Date(Math.max(usedAt, settledAt) + failedMs).toISOString(),
    };
  });
};
