import { constants, type Stats } from 'node:fs';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { openFolder, problem, whyNot } from './open-folder.ts';
import { outsideError, repositoryPath } from './repository-path.ts';

/** More than this is no file that a person wrote. */
const largest = 5_000_000;

/** Neither a link is followed nor a pipe waited for. */
const careful = constants.O_NOFOLLOW | constants.O_NONBLOCK;

type Opening = { readonly flags: number; readonly make?: boolean };

const openIn = async <T>(
  root: string,
  path: string,
  { flags, make = false }: Opening,
  use: (file: FileHandle, stat: Stats, path: string) => Promise<T>,
): Promise<T> => {
  const plain = repositoryPath(path);
  const parts = plain.split('/');
  const folder = await openFolder(root, parts.slice(0, -1), { make });
  try {
    const file = await open(`${folder.at}/${parts.at(-1) ?? ''}`, flags | careful, 0o644).catch((error: unknown) =>
      whyNot(error, { root, at: folder.at, parts }),
    );
    try {
      const stat = await file.stat();
      if (stat.isDirectory()) throw problem(`${plain} is a folder`);
      if (!stat.isFile()) throw problem(`${plain} is not a regular file`);
      return await use(file, stat, plain);
    } finally {
      await file.close();
    }
  } finally {
    await folder.close();
  }
};

/** The text of a file of a worktree. Throws `paths.outside` for a path that leaves it, `input.invalid` for what is no text or too large. */
export const readFileIn = (root: string, path: string): Promise<string> =>
  openIn(root, path, { flags: constants.O_RDONLY }, async (file, { size }, plain) => {
    if (size > largest) throw problem(`${plain} has ${size} bytes, more than can be read here`);
    const text = textOf(await file.readFile());
    if (text === null) throw problem(`${plain} is not a text file`);
    return text;
  });

/** The text of bytes; null when they are none. */
export const textOf = (bytes: Uint8Array): string | null => {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
};

/** Gives a file of a worktree this text, and makes it with its folders where it is missing. Its mode stays. Throws as {@link readFileIn}. */
export const writeFileIn = async (root: string, path: string, text: string): Promise<'made' | 'changed'> => {
  const fresh = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  try {
    await openIn(root, path, { flags: fresh, make: true }, (file) => file.writeFile(text));
    return 'made';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  await openIn(root, path, { flags: constants.O_WRONLY }, async (file, stat, plain) => {
    // Another name of the same file may be anywhere.
    if (stat.nlink > 1) throw outsideError(plain, 'has a second name elsewhere (a hard link)');
    await file.truncate(0);
    await file.writeFile(text);
  });
  return 'changed';
};

/** Removes a file of a worktree; a link itself, never what it leads to. Throws `input.invalid` when there is none. */
export const removeFileIn = async (root: string, path: string): Promise<void> => {
  const parts = repositoryPath(path).split('/');
  const folder = await openFolder(root, parts.slice(0, -1));
  try {
    await unlink(`${folder.at}/${parts.at(-1) ?? ''}`).catch((error: unknown) => {
      throw (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? problem(`There is no ${parts.join('/')}`)
        : problem(`${parts.join('/')} cannot be removed; only files can`);
    });
  } finally {
    await folder.close();
  }
};
