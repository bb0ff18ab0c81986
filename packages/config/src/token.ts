import { HiveError } from '@hive/errors';
import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from './secret.ts';

const read = (file: string): Secret | null => {
  try {
    const text = readFileSync(file, 'utf8').trim();
    if (text.length < 32)
      throw new HiveError('config.invalid', `${file} holds no token; delete it, and the next start makes a new one`, {
        remedy: 'fix_config',
      });
    return new Secret(text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

/** The token of this home; null when none was made yet. */
export const readToken = (home: string): Secret | null => read(join(home, 'token'));

/** The token of this home (256 bits, readable by its owner only), made when there is none. Two processes that make it at once get the same. */
export const ensureToken = (home: string): Secret => {
  const file = join(home, 'token');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const there = read(file);
  if (there) {
    chmodSync(file, 0o600);
    return there;
  }
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file); // a link appears whole or not at all, and never replaces another's
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return read(file) ?? ensureToken(home);
};
