import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises';
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

/** A file as pieces of base64, each of a whole number of bytes. Nothing when it was collected meanwhile. */
export async function* piecesOf(home: string, { path, bytes }: HomeFile): AsyncGenerator<string> {
  if (bytes === 0) return;
  try {
    // Three bytes are four letters, so pieces can be joined.
    for await (const chunk of createReadStream(join(home, path), { highWaterMark: 3 << 16, end: bytes - 1 }))
      yield (chunk as Buffer).toString('base64'); // no encoding was set
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Puts files of a backup into a home, one after the other: `begin` names one, `piece` brings its bytes. */
export type FileTarget = {
  readonly begin: (path: string) => Promise<void>;
  readonly piece: (base64: string) => Promise<void>;
  readonly end: () => Promise<void>;
  /** Takes a file that was not finished away again. */
  readonly drop: () => Promise<void>;
};

/** Files appear under their names when they are whole; what is there already with the same content stays, other content is refused. */
export const createFileTarget = (home: string, backup: string): FileTarget => {
  let current: { readonly path: string; readonly half: string; readonly handle: FileHandle } | null = null;
  const hash = { of: createHash('sha256') };

  const end = async (): Promise<void> => {
    if (!current) return;
    const { path, half, handle } = current;
    const [, , name] = artefactName.exec(path) ?? [];
    const sha256 = hash.of.digest('hex');
    if (name !== undefined && name !== sha256) throw damaged(backup, `${path} has other content than its name says`);
    await handle.sync();
    await handle.close();
    current = null;
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
    await syncFolder(dirname(target));
  };

  return {
    begin: async (path) => {
      await end();
      if (!isName(path)) throw damaged(backup, `it names a file that no backup holds: ${JSON.stringify(path)}`);
      const target = join(home, path);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
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
    end,
    drop: async () => {
      if (!current) return;
      await current.handle.close();
      await rm(current.half, { force: true });
      current = null;
    },
  };
};
