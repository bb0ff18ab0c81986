import { readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';

/**
 * A file that stands for something that may be used or removed by several processes. Users touch it; whoever removes takes it away first
 * and then looks whether it was touched since: either the user finds no mark and waits at the lock, or the remover finds the touch and
 * puts the mark back. Answers the mark's content; null when there is none.
 */
export const touchMark = async (path: string): Promise<string | null> => {
  try {
    const now = new Date();
    await utimes(path, now, now);
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

/** Makes a mark, whole or not at all. */
export const setMark = async (path: string, content: string): Promise<void> => {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
};

/** When the marked thing was last used, in milliseconds; null without a mark. */
export const markedAt = (path: string): Promise<number | null> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );

/** When what a remover that was killed has begun to remove was last used; null where nobody has. */
export const takenAt = (path: string): Promise<number | null> => markedAt(`${path}.taken`);

/** Takes the mark away unless it was touched after `seenAt`. True when what it stands for may be removed. Under the lock of that thing. */
export const takeMark = async (path: string, seenAt: number | null): Promise<boolean> => {
  const taken = `${path}.taken`;
  try {
    await rename(path, taken);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return seenAt === null;
  }
  const touchedAt = await markedAt(taken);
  if (seenAt !== null && touchedAt !== null && touchedAt <= seenAt) return true;
  await rename(taken, path);
  return false;
};
