import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { HiveError } from '@hive/errors';
import { Role } from '@hive/events';

const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const Id = z.string().regex(/^[0-9a-f]{12}$/);

const StoredDevice = z.strictObject({
  id: Id,
  name: z.string(),
  role: Role,
  hash: Hash,
  pairedAt: z.iso.datetime(),
  seenAt: z.iso.datetime(),
});
/** A paired browser as it is kept: of its cookie only the hash. */
export type StoredDevice = z.infer<typeof StoredDevice>;

const StoredToken = z.strictObject({
  id: Id,
  name: z.string(),
  role: Role,
  hash: Hash,
  createdAt: z.iso.datetime(),
  usedAt: z.iso.datetime().nullable(),
  expiresAt: z.iso.datetime().nullable(),
});
/** A program's token as it is kept: of its value only the hash. */
export type StoredToken = z.infer<typeof StoredToken>;

const StoredEnd = z.strictObject({ id: Id, hash: Hash, at: z.iso.datetime() });
/** A browser that was shut out, and when: it is told so, and wipes what it keeps. */
export type StoredEnd = z.infer<typeof StoredEnd>;

const Keys = z.strictObject({
  version: z.literal(1),
  devices: z.array(StoredDevice),
  tokens: z.array(StoredToken),
  ended: z.array(StoredEnd).default([]),
});
/** Everybody who may come in beside the token of the home. */
export type Keys = Omit<z.infer<typeof Keys>, 'version'>;

/** Where keys lie between two lives of the process. */
export type KeyFile = { read(): Keys; write(keys: Keys): void };

/**
 * Keys in a file that only its owner reads. A write is on the disk, whole, when it returns. Throws `config.invalid` for a file that says something
 * else: whoever was let in must not be forgotten in silence, nor guessed.
 */
export const createKeyFile = (path: string): KeyFile => ({
  read: () => {
    let text: string;
    try {
      chmodSync(path, 0o600);
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { devices: [], tokens: [], ended: [] };
      throw error;
    }
    const parsed = Keys.safeParse(jsonIn(text));
    if (parsed.success) return parsed.data;
    throw new HiveError(
      'config.invalid',
      `${path} does not say who may come in; delete it, then pair browsers anew with hive open`,
      { remedy: 'fix_config' },
    );
  },
  write: (keys) => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.${process.pid}`;
    const file = openSync(draft, 'w', 0o600);
    try {
      writeSync(file, `${JSON.stringify({ version: 1, ...keys }, null, 1)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  },
});

const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
