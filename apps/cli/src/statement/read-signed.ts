import { createPublicKey, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { evidenceKeyFiles } from '@hive/core-db';
import { HiveError } from '@hive/errors';
import type { Evidence } from '@hive/events';
import { keyNameOf, parseEnvelope, readStatement, unseal } from '@hive/front-desk/statement';

/** A statement whose signature holds. */
export type Signed = { readonly commit: string; readonly evidence: Evidence; readonly keyName: string };

/** Reads a signed statement. Throws `input.invalid` for what is none, and `audit.broken` when it was not signed by that key or was changed since. */
export const readSigned = (
  cwd: string,
  home: string,
  { statement, publicKey }: { readonly statement: string; readonly publicKey: string | undefined },
): Signed => {
  const file = resolve(cwd, statement);
  const keyFile = publicKey === undefined ? evidenceKeyFiles(home).publicKey : resolve(cwd, publicKey);
  const envelope = parseEnvelope(read(file));
  if (envelope === null) throw new HiveError('input.invalid', `${file} is no signed statement (a DSSE envelope)`);
  const key = keyOf(keyFile);
  const text = unseal(envelope, key);
  if (text === null)
    throw new HiveError(
      'audit.broken',
      `${file} was not signed with the key ${keyFile}, or was changed afterwards; --public-key names another key`,
    );
  const stated = readStatement(text);
  if (typeof stated === 'string') throw new HiveError('input.invalid', `${file} is signed, but ${stated}`);
  return { ...stated, keyName: keyNameOf(key).slice(0, 16) };
};

const read = (file: string): string => {
  if (!existsSync(file)) throw new HiveError('input.invalid', `There is no file ${file}`);
  return readFileSync(file, 'utf8');
};

const keyOf = (file: string): KeyObject => {
  try {
    return createPublicKey(read(file));
  } catch (error) {
    if (error instanceof HiveError) throw error;
    throw new HiveError('input.invalid', `${file} is no public key (PEM)`, { cause: error });
  }
};
