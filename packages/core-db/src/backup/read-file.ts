import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { HiveError } from '@hive/errors';
import { damaged, parseHeader, parseTrailer, type Header, type Trailer } from './format.ts';

/** Reads a backup from its first byte to its last and compares its hash. Throws for whatever is not whole. */
export const checkBackup = async (file: string): Promise<{ readonly header: Header; readonly trailer: Trailer }> => {
  const hash = createHash('sha256');
  let header: Header | null = null;
  // The last whole line is held back until more comes: the trailer is no part of what it hashes.
  let held = Buffer.alloc(0);
  for await (const chunk of bytesOf(file)) {
    const bytes = Buffer.concat([held, chunk]);
    const end = bytes.lastIndexOf('\n');
    const before = end > 0 ? bytes.lastIndexOf('\n', end - 1) : -1;
    hash.update(bytes.subarray(0, before + 1));
    if (!header && end >= 0) header = parseHeader(bytes.toString('utf8', 0, bytes.indexOf('\n')), file);
    held = bytes.subarray(before + 1);
  }
  const last = held.toString('utf8');
  if (!header) header = parseHeader(last, file);
  const trailer = parseTrailer(last, file);
  if (trailer.sha256 !== hash.digest('hex')) throw damaged(file, 'its content is not what was written');
  return { header, trailer };
};

/** The lines of a backup that was checked, many at a time. */
export async function* linesOf(file: string): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytesOf(file)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) yield lines;
  }
}

async function* bytesOf(file: string): AsyncGenerator<Buffer> {
  const source = createReadStream(file, { highWaterMark: 1 << 18 });
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  try {
    // A gunzip gives out buffers.
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (error) {
    throw readError(error, file);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

const readError = (error: unknown, file: string): unknown => {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR')
    return new HiveError('input.invalid', `There is no file ${file}; give one that hive backup made`, { cause: error });
  if (code === 'EACCES')
    return new HiveError('input.invalid', `${file} is closed to this user; give it the right to read it`, {
      cause: error,
    });
  if (code?.startsWith('Z_')) return damaged(file, error instanceof Error ? error.message : code, error);
  return error;
};
