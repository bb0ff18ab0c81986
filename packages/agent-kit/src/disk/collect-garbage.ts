import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HiveConfig } from '@hive/config';
import {
  createReferences,
  listArtefacts,
  recoverArtefacts,
  removeArtefact,
  type References,
  type Store,
} from '@hive/core-db';
import { isDiskFull } from '@hive/errors';
import { chooseGarbage, clear, removeStaleLocks, takeStock, tryLock, type Choice, type Kind } from '@hive/workspace';
import { belongingsOf } from './belongings.ts';

/** One thing that was removed, or would be. */
export type Removed = {
  readonly kind: Kind | 'artefact' | 'lock';
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly because: string;
};

/** Things of one kind that stay for one reason. */
export type Stayed = {
  readonly kind: Kind | 'artefact';
  readonly because: string;
  readonly count: number;
  readonly bytes: number;
};

/** What a collection did. */
export type Collected = {
  readonly removed: readonly Removed[];
  readonly stayed: readonly Stayed[];
  readonly freedBytes: number;
};

/** What a collection needs. `references` may be kept from one to the next, so that only new events are read. */
export type Collecting = {
  readonly config: Pick<HiveConfig, 'home' | 'disk'>;
  readonly store: Store;
  readonly references?: References;
  /** Only says what would go. */
  readonly dryRun?: boolean;
  /** How long to wait for another collection of this home. */
  readonly patienceMs?: number;
  readonly now?: number;
};

const dayMs = 86_400_000;
const atOnce = 8;

/** Where the last collection left its time. */
export const collectedFile = (home: string): string => join(home, 'run', 'gc.last');

/**
 * Removes what nobody needs from HIVE_HOME: what vanished processes left, what is over a cap, artefacts that no event refers to and that are
 * older than a day. Never what a process is at, what an open workflow needs, or what an event refers to. May be killed anywhere and begun
 * again; while Hive runs, too. null when another collection of this home went on all the time.
 */
export const collectGarbage = async (collecting: Collecting): Promise<Collected | null> => {
  const { home } = collecting.config;
  if (collecting.dryRun) return collect(collecting);
  // While there is room: what is removed leaves through the trash, also where no folder can be made any more.
  for (const folder of ['run', 'trash']) await mkdir(join(home, folder), { recursive: true, mode: 0o700 });
  const locked = () =>
    tryLock(
      join(home, 'run', 'gc.lock'),
      async () => {
        await recoverArtefacts(home);
        const collected = await collect(collecting);
        await writeFile(collectedFile(home), '');
        return collected;
      },
      collecting.patienceMs,
    );
  try {
    return await locked();
  } catch (error) {
    if (!isDiskFull(error)) throw error;
  }
  const before = await clearUnlocked(collecting);
  const collected = await locked();
  return collected && withRemoved(collected, before);
};

/** Where the disk takes not one more file, there is no lock either. What is safe to remove twice at once makes room for it. */
const clearUnlocked = async (collecting: Collecting): Promise<readonly Removed[]> => {
  const { go } = await choose(collecting);
  const free = go.filter(({ item }) => ['worktrees', 'kept', 'scratch'].includes(item.kind));
  return [...(await clearAll(collecting.config.home, free))].map(removedOf);
};

const withRemoved = (collected: Collected, before: readonly Removed[]): Collected => ({
  ...collected,
  removed: [...before, ...collected.removed],
  freedBytes: collected.freedBytes + freedBy(before),
});

const choose = async ({ config: { home, disk }, store, now = Date.now() }: Collecting) => {
  // First what lies there, then whom it belongs to: who comes in between has left nothing yet.
  const stock = await takeStock(home);
  const kept = stock.filter(({ kind }) => kind === 'kept').map(({ name }) => name);
  return { stock, ...chooseGarbage(stock, await belongingsOf(store, kept), { limits: disk, now }) };
};

const removedOf = ({ item: { kind, name, path, bytes }, because }: Choice): Removed => ({
  kind,
  name,
  path,
  bytes,
  because,
});

const freedBy = (removed: readonly Removed[]): number => removed.reduce((sum, { bytes }) => sum + bytes, 0);

const collect = async (collecting: Collecting): Promise<Collected> => {
  const { config, dryRun = false, now = Date.now() } = collecting;
  const { home } = config;
  const { stock, go, stay } = await choose({ ...collecting, now });

  const removed: Removed[] = [];
  const stayed: (Choice | ArtefactChoice)[] = [...stay];
  const cleared = dryRun ? new Set(go) : await clearAll(home, go);
  for (const choice of go) {
    if (cleared.has(choice)) removed.push(removedOf(choice));
    else stayed.push({ ...choice, because: 'somebody has begun to use it' });
  }
  const artefacts = await collectArtefacts(collecting, now);
  removed.push(...artefacts.removed);
  if (!dryRun) for (const { kind, path } of stock) if (kind === 'mirror') removed.push(...(await unlocked(home, path)));
  return { removed, stayed: grouped([...stayed, ...artefacts.stayed]), freedBytes: freedBy(removed) };
};

/** Most of the time is spent waiting for the disk, so several are removed at once. Answers those that are gone. */
const clearAll = async (home: string, choices: readonly Choice[]): Promise<Set<Choice>> => {
  const cleared = new Set<Choice>();
  const queue = choices.values();
  const lane = async (): Promise<void> => {
    // The iterator is shared: each lane takes what no other has taken.
    for (const choice of queue) if (await clear(home, choice)) cleared.add(choice);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return cleared;
};

const unlocked = async (home: string, gitDir: string): Promise<Removed[]> =>
  (await removeStaleLocks(home, gitDir)).map((path) => ({
    kind: 'lock',
    name: path.slice(gitDir.length + 1),
    path,
    bytes: 0,
    because: 'the git that made it is gone',
  }));

type ArtefactChoice = {
  readonly item: { readonly kind: 'artefact'; readonly bytes: number };
  readonly because: string;
};

const collectArtefacts = async (
  { config, store, dryRun = false, references }: Collecting,
  now: number,
): Promise<{ readonly removed: Removed[]; readonly stayed: ArtefactChoice[] }> => {
  const { home } = config;
  // First the artefacts, then the log: what is referred to in between is young.
  const all = await listArtefacts(home);
  const isOld = all.some(({ storedAt }) => now - storedAt >= dayMs);
  const referred = isOld ? await (references ?? createReferences(store, home)).read() : new Set();
  const removed: Removed[] = [];
  const stayed: ArtefactChoice[] = [];
  for (const artefact of all) {
    const { hash, path, bytes, storedAt } = artefact;
    const stay = (because: string) => stayed.push({ item: { kind: 'artefact', bytes }, because });
    if (now - storedAt < dayMs) stay('it is younger than a day');
    else if (hash !== null && referred.has(hash)) stay('an event refers to it');
    else if (dryRun || (await removeArtefact(artefact)))
      removed.push({ kind: 'artefact', name: hash ?? path, path, bytes, because: 'no event refers to it' });
    else stay('it was stored again');
  }
  return { removed, stayed };
};

const grouped = (choices: readonly (Choice | ArtefactChoice)[]): Stayed[] =>
  [...Map.groupBy(choices, ({ item, because }) => `${item.kind} ${because}`).values()].flatMap((group) =>
    group.slice(0, 1).map(({ item, because }) => ({
      kind: item.kind,
      because,
      count: group.length,
      bytes: group.reduce((sum, choice) => sum + choice.item.bytes, 0),
    })),
  );
