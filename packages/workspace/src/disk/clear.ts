import { stat, truncate } from 'node:fs/promises';
import { endGroups, groupsFolder } from '../command/groups.ts';
import { tryLock } from '../git/lock.ts';
import { mirrorMark } from '../git/mirror.ts';
import { removeFolder } from '../remove-folder.ts';
import { isTurned, type Choice } from './choose.ts';
import { takeMark } from './mark.ts';
import { isOwnerAlive, ownerFile } from './owners.ts';
import { doneFile, type Item } from './stock.ts';
import { discard } from './trash.ts';

/**
 * Removes one thing that was chosen, unless somebody has begun to use it since: then false. Killed anywhere it leaves the thing as it was,
 * or out of everybody's way.
 */
export const clear = async (home: string, { item }: Choice): Promise<boolean> => {
  switch (item.kind) {
    case 'worktrees':
      return clearWorktrees(home, item);
    case 'kept':
      return discard(home, item.path);
    case 'cache':
      return clearUnderLock(home, item, doneFile(item.path));
    case 'mirror':
      return clearUnderLock(home, item, mirrorMark(item.path));
    case 'log':
      return clearLog(home, item);
    case 'scratch':
      await removeFolder(item.path);
      return true;
  }
};

/** First the processes that the vanished one has started, then what they could still write into. */
const clearWorktrees = async (home: string, { name, path }: Item): Promise<boolean> => {
  if (await isOwnerAlive(home, name)) return false;
  if (await stat(groupsFolder(home, name)).catch(() => null)) await endGroups(home, name);
  await discard(home, path);
  await removeFolder(ownerFile(home, name));
  return true;
};

const clearUnderLock = async (home: string, item: Item, mark: string): Promise<boolean> => {
  const seenAt = item.isWhole && item.usedAt > 0 ? await unchanged(mark, item.usedAt) : null;
  if (seenAt === false) return false;
  const gone = await tryLock(`${item.path}.lock`, async () =>
    (await takeMark(mark, seenAt)) ? discard(home, item.path) : false,
  );
  return gone ?? false;
};

/** The time that a mark was seen with; null where there is none, false when it was touched since. */
const unchanged = async (mark: string, usedAt: number): Promise<number | null | false> => {
  const found = await stat(mark).catch(() => null);
  if (found === null) return null;
  return found.mtimeMs <= usedAt && usedAt;
};

/** A log that a process may be writing is emptied under its hands; it is only ever appended to. */
const clearLog = async (home: string, item: Item): Promise<boolean> => {
  if (isTurned(item)) return discard(home, item.path);
  await truncate(item.path);
  return true;
};
