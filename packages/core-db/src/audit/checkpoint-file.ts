import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { HiveError } from '@hive/errors';
import { parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { syncFolder } from './write-durably.ts';

/** The end of the checkpoint file: its last checkpoint, and how many bytes stand there up to the end of that line. */
export type FileEnd = { readonly last: SignedCheckpoint | null; readonly bytes: number };

const newline = 0x0a;

/** Reads the last whole line. What follows the last line break is a line that a crash tore, and is not counted. */
export const readEnd = (path: string): FileEnd => {
  if (!existsSync(path)) return { last: null, bytes: 0 };
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    for (let length = 65_536; ; length *= 2) {
      const from = Math.max(0, size - length);
      const tail = Buffer.alloc(size - from);
      readSync(file, tail, 0, tail.length, from);
      const end = tail.lastIndexOf(newline);
      const begin = end <= 0 ? -1 : tail.lastIndexOf(newline, end - 1);
      if (begin < 0 && from > 0) continue;
      if (end < 0) return { last: null, bytes: 0 };
      const last = parseCheckpoint(tail.toString('utf8', begin + 1, end));
      if (!last)
        throw new HiveError('audit.broken', `The last line of ${path} is no checkpoint; hive verify says more`, {
          remedy: 'fix_config',
        });
      return { last, bytes: from + end + 1 };
    }
  } finally {
    closeSync(file);
  }
};

/** Adds a line behind `after` bytes, in place of a torn one, and answers how many bytes stand there then. It is on the disk when this returns. */
export const appendCheckpoint = (path: string, checkpoint: SignedCheckpoint, after: number): number => {
  const isNew = !existsSync(path);
  const line = Buffer.from(`${JSON.stringify(checkpoint)}\n`);
  const file = openSync(path, isNew ? 'wx' : 'r+', 0o600);
  try {
    if (fstatSync(file).size > after) ftruncateSync(file, after);
    for (let written = 0; written < line.length;)
      written += writeSync(file, line, written, line.length - written, after + written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if (isNew) syncFolder(dirname(path));
  return after + line.length;
};
