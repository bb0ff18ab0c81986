import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { HiveError } from '@hive/errors';
import { syncFolder } from '../artefacts.ts';
import { damaged } from './format.ts';

/** Names that a backup may bring along; anything else could lead out of the home. */
const artefactName = /^artefacts\/([0-9a-f]{2})\/(\1[0-9a-f]{62})$/;
/** What attests the log. The key that signs stays where it is: whoever has a backup must not be able to sign. */
const auditNames = ['audit/checkpoints.jsonl', 'audit/key.pub.pem'];
const isName = (path: string): boolean => artefactName.test(path) || auditNames.includes(path);

/** A file of a home, by its path below it, and how much of it belongs to the moment. */
export type HomeFile = { readonly path: string; readonly bytes: number };

/** The files of the audit as they are now. They grow with the log: taken before a moment, they say nothing that comes after it. */
export const auditFilesOf = async (home: string): Promise<readonly HomeFile[]> => {
  const found: HomeFile[] = [];
  for (const path of auditNames) {
    const { size } = (await stat(join(home, path)).catch(nothingThere)) ?? {};
    if (size !== undefined) found.push({ path, bytes: size });
  }
  return found;
};

/** The artefacts of a home, sorted. Half-written ones are left out. */
export const artefactsOf = async (home: string): Promise<readonly HomeFile[]> => {
  const entries = await readdir(join(home, 'artefacts'), { withFileTypes: true, recursive: true }).catch(nothingThere);
  return (entries ?? [])
    .map((entry) => relative(home, join(entry.parentPath, entry.name)))
    .filter(isName)
    .sort()
    .map((path) => ({ path, bytes: Infinity }));
};

const nothingThere = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT') return null;
  throw error;
};

/** A file that is held open: its content stays what it is, whoever removes the name. */
export type OpenFile = {
  readonly path: string;
  /** Has the content that its name says; audit files are named after nothing. */
  readonly isWhole: boolean;
  /** The content as pieces of base64, each of a whole number of bytes. */
  pieces(): AsyncGenerator<string>;
};

/** Opens a file of a home while it is read; answers null when it was collected meanwhile. */
export const withFile = async <T>(
  home: string,
  { path, bytes }: HomeFile,
  read: (file: OpenFile) => Promise<T>,
): Promise<T | null> => {
  const handle = await open(join(home, path), 'r').catch(nothingThere);
  if (!handle) return null;
  try {
    const chunks = () => chunksOf(handle, bytes);
    const [, , name] = artefactName.exec(path) ?? [];
    const isWhole = name === undefined || name === (await hashOf(chunks()));
    return await read({
      path,
      isWhole,
      pieces: async function* () {
        for await (const chunk of chunks()) yield chunk.toString('base64');
      },
    });
  } finally {
    await handle.close();
  }
};

// Three bytes are four letters, so pieces can be joined.
const chunkBytes = 3 << 16;

async function* chunksOf(handle: FileHandle, bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes;) {
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, bytes - at));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

const hashOf = async (chunks: AsyncGenerator<Buffer>): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
};

/** Puts files of a backup into a home, one after the other: `begin` names one, `piece` brings its bytes. */
export type FileTarget = {
  readonly begin: (path: string) => Promise<void>;
  readonly piece: (base64: string) => Promise<void>;
  readonly end: () => Promise<FilesMade>;
  /** Takes away all that was made, but for folders that hold something else. */
  readonly undo: () => Promise<void>;
};

/** How many artefacts are there now, and the paths of those that are not: the backup has other content than their name says. */
export type FilesMade = { readonly artefacts: number; readonly damaged: readonly string[] };

/** Files appear under their names when they are whole; what is there already with the same content stays, other content is refused. */
export const createFileTarget = (home: string, backup: string): FileTarget => {
  let current: { readonly path: string; readonly half: string; readonly handle: FileHandle } | null = null;
  const hash = { of: createHash('sha256') };
  const made: string[] = [];
  const folders = new Set<string>();
  const damagedPaths: string[] = [];
  let artefacts = 0;

  const close = async (): Promise<void> => {
    if (!current) return;
    const { path, half, handle } = current;
    const [, , name] = artefactName.exec(path) ?? [];
    const sha256 = hash.of.digest('hex');
    await handle.sync();
    await handle.close();
    current = null;
    if (name !== undefined && name !== sha256) {
      damagedPaths.push(path);
      return rm(half, { force: true });
    }
    if (name !== undefined) artefacts += 1;
    const target = join(home, path);
    const there = await readFile(target).catch(() => null);
    if (there && createHash('sha256').update(there).digest('hex') !== sha256) {
      await rm(half, { force: true });
      throw new HiveError(
        'input.state',
        `${target} is there already and differs; move ${dirname(target)} away, or restore into a home of its own`,
      );
    }
    if (there) return rm(half, { force: true });
    await rename(half, target);
    made.push(target);
    await syncFolder(dirname(target));
  };

  return {
    begin: async (path) => {
      await close();
      if (!isName(path)) throw damaged(backup, `it names a file that no backup holds: ${JSON.stringify(path)}`);
      const target = join(home, path);
      const first = await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      if (first !== undefined) for (const folder of foldersTo(dirname(target), first)) folders.add(folder);
      const half = `${target}.${randomUUID()}`;
      current = { path, half, handle: await open(half, 'wx', 0o600) };
      hash.of = createHash('sha256');
    },
    piece: async (base64) => {
      if (!current) throw damaged(backup, 'bytes belong to no file');
      const bytes = Buffer.from(base64, 'base64');
      hash.of.update(bytes);
      await current.handle.write(bytes);
    },
    end: async () => {
      await close();
      return { artefacts, damaged: damagedPaths };
    },
    undo: async () => {
      if (current) {
        await current.handle.close();
        await rm(current.half, { force: true });
        current = null;
      }
      for (const file of made) await rm(file, { force: true });
      // The deepest first; one that has got something else meanwhile stays.
      for (const folder of [...folders].sort().reverse()) await rmdir(folder).catch(() => {});
    },
  };
};

/** A folder and those above it down from the first one that was made for it. */
const foldersTo = (folder: string, first: string): readonly string[] =>
  folder === first || !folder.startsWith(first) ? [folder] : [folder, ...foldersTo(dirname(folder), first)];
