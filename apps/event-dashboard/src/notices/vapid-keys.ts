import { createECDH } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HiveError } from '@hive/errors';
import { z } from 'zod';

const Keys = z.strictObject({ publicKey: z.string().length(87), privateKey: z.string().length(43) });

/** The keys by which push services know this Hive (RFC 8292), in base64url. */
export type VapidKeys = z.infer<typeof Keys>;

/**
 * The keys of this home, readable by its owner only, made when there are none. Subscriptions are bound to them. Throws `config.invalid` for a file that
 * holds something else.
 */
export const ensureVapidKeys = (home: string): VapidKeys => {
  const file = join(home, 'push-keys.json');
  const there = read(file);
  if (there) return there;
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const pair = createECDH('prime256v1');
  const made: VapidKeys = {
    publicKey: pair.generateKeys('base64url'),
    privateKey: Buffer.from(pair.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url'),
  };
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(made)}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file); // whole or not at all, and never over another's
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return read(file) ?? made;
};

const read = (file: string): VapidKeys | null => {
  let text: string;
  try {
    chmodSync(file, 0o600);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return Keys.parse(JSON.parse(text));
  } catch (cause) {
    throw new HiveError(
      'config.invalid',
      `${file} does not hold the keys for notifications; delete it, and switch them on anew in each browser`,
      { remedy: 'fix_config', cause },
    );
  }
};
